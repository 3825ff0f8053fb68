using System.Threading.Channels;
using OrleansAgents.Agents;
using OrleansAgents.Connection;
using OrleansAgents.Messaging;
using OrleansAgents.Output;

namespace OrleansAgents.Sending;

/// <summary>
/// Sends the messages of a stream, a bounded number at a time. One lane serves all messages to one recipient, so those
/// stay in the order of the file.
/// </summary>
internal sealed class FileSender(SiloConnection silo, int parallel, string defaultKind, AgentId sender)
{
    private const int LaneLength = 8;
    private readonly MessageLimits _limits = new();

    public async Task SendAsync(Stream input, SendReport report, Action<long> advanced, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lanes = new Channel<(long Line, Envelope Envelope)>[parallel];
        var workers = new Task[parallel];
        for (var i = 0; i < parallel; i++)
        {
            var lane = lanes[i] = Channel.CreateBounded<(long, Envelope)>(new BoundedChannelOptions(LaneLength) { SingleReader = true, SingleWriter = true });
            workers[i] = Task.Run(() => ServeAsync(lane.Reader, report, ended.Token), CancellationToken.None);
        }

        try
        {
            await ReadAsync(input, lanes, report, advanced, ended.Token);
        }
        catch
        {
            await ended.CancelAsync();
            await Task.WhenAll(workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        Array.ForEach(lanes, lane => lane.Writer.Complete());
        await Task.WhenAll(workers);
    }

    private async Task ReadAsync(
        Stream input, Channel<(long, Envelope)>[] lanes, SendReport report, Action<long> advanced, CancellationToken cancellationToken)
    {
        var reader = new LineReader(input, _limits.MessageBytes);
        // Reading a terminal or a pipe does not heed the token by itself.
        while (await reader.ReadAsync(cancellationToken).AsTask().WaitAsync(cancellationToken) is { } line)
        {
            var (envelope, problems) = Parse(line);
            if (envelope is null)
            {
                report.Add(line.Number, id: null, Outcome.Refused, ReceiptJson.Of(problems!));
            }
            else
            {
                var lane = (uint)envelope.Recipient.GetHashCode() % (uint)lanes.Length;
                await lanes[lane].Writer.WriteAsync((line.Number, envelope), cancellationToken);
            }

            advanced(reader.BytesRead);
        }
    }

    private (Envelope? Envelope, IReadOnlyList<Problem>? Problems) Parse(Line line) => line.Bytes is { } bytes
        ? EnvelopeJson.Read(bytes, _limits, catalogue: null, defaultKind, sender)
        : (null, [new Problem("", RefusalCodes.TooLarge, $"The message holds {line.Length} bytes; {_limits.MessageBytes} is the limit.")]);

    private async Task ServeAsync(ChannelReader<(long Line, Envelope Envelope)> lane, SendReport report, CancellationToken cancellationToken)
    {
        await foreach (var (line, envelope) in lane.ReadAllAsync(cancellationToken))
        {
            try
            {
                var reply = await silo.SendAsync(envelope, cancellationToken);
                report.Add(line, envelope.Id, reply.Outcome, reply.Refusal);
            }
            catch (AgentException e)
            {
                report.Add(line, envelope.Id, Outcome.Failed, new Refusal(e.Code, e.Message));
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // One message that cannot be delivered must not keep the rest of the file from being sent.
                report.Add(line, envelope.Id, Outcome.Failed, ReceiptText.NoAnswer(e));
            }
        }
    }
}
