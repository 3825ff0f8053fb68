using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>Writes <c>text/event-stream</c>, as the HTML standard has it. What is written is sent at once.</summary>
internal sealed class ServerSentEvents
{
    private readonly PipeWriter _output;

    private ServerSentEvents(PipeWriter output) => _output = output;

    /// <summary>Begins the answer, so that the reader knows it is let in before there is an event.</summary>
    public static async Task<ServerSentEvents> BeginAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        // Proxies of the nginx kind would hold events back.
        response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var events = new ServerSentEvents(response.BodyWriter);
        await events.WriteHeartbeatAsync(cancellationToken);
        return events;
    }

    /// <param name="id">What the reader shows when it comes back.</param>
    /// <param name="data">The event, on one line.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public Task WriteAsync(long id, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        Write($"id: {id.ToString(CultureInfo.InvariantCulture)}\n");
        return WriteDataAsync(data, cancellationToken);
    }

    /// <summary>An event that nobody comes back to.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => WriteDataAsync(data, cancellationToken);

    public Task WriteProblemAsync(Refusal refusal, CancellationToken cancellationToken)
    {
        Write("event: problem\n");
        return WriteDataAsync(HttpProblem.Write(HttpCodes.StatusOf(Outcome.Refused, refusal.Code), refusal), cancellationToken);
    }

    /// <summary>A comment, which keeps proxies from closing the connection, and finds out whether it is still there.</summary>
    public async Task WriteHeartbeatAsync(CancellationToken cancellationToken)
    {
        Write(":\n\n");
        await _output.FlushAsync(cancellationToken);
    }

    private async Task WriteDataAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        Write("data: ");
        _output.Write(data.Span);
        Write("\n\n");
        await _output.FlushAsync(cancellationToken);
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, _output);
}
