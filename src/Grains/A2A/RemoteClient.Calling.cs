using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using OrleansAgents.Messaging;
using Polly.CircuitBreaker;

namespace OrleansAgents.A2A;

/// <content>One call: what it shows, how long it may take, what is repeated, and what is told of it.</content>
internal sealed partial class RemoteClient
{
    /// <summary>An answer that is a success.</summary>
    private async Task<HttpResponseMessage> SendAsync(RemoteInterface at, RemoteOperation operation, CancellationToken cancellationToken)
    {
        using var request = at.Binding.Write(operation);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(A2AProtocol.MediaType));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        var answer = await SendAsync(request, cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw await RemoteHttp.ReadErrorAsync(answer, at.Binding, Name, _time, cancellationToken);
        }
    }

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation(A2AProtocol.VersionHeader, A2AProtocol.Version);
        if (_key.Value is { } key)
        {
            request.Headers.TryAddWithoutValidation(Options.KeyHeader ?? "Authorization", Options.KeyHeader is null ? $"Bearer {key}" : key);
        }

        return _http.SendAsync(request, Name, cancellationToken);
    }

    private async Task<T> CallAsync<T>(string operation, Func<CancellationToken, Task<T>> callAsync, CancellationToken cancellationToken)
    {
        var (began, span, code) = (_time.GetTimestamp(), RemoteTelemetry.Begin(Name, operation), (string?)RefusalCodes.Cancelled);
        try
        {
            // Whoever waits for it may be an agent, which has other things to do meanwhile.
            var result = await Task.Run(() => _pipeline.ExecuteAsync(async stop => await TryAsync(callAsync, stop), cancellationToken).AsTask(), cancellationToken);
            code = null;
            return result;
        }
        catch (BrokenCircuitException e)
        {
            code = RemoteCodes.Unavailable;
            throw new RemoteException(code, $"{Name} failed too often, and is not called for a while.", e) { IsTransient = true, RetryAfter = e.RetryAfter };
        }
        catch (RemoteException e)
        {
            code = e.Code;
            throw;
        }
        finally
        {
            RemoteTelemetry.End(span, Name, operation, _time.GetElapsedTime(began), code);
        }
    }

    private async Task<T> TryAsync<T>(Func<CancellationToken, Task<T>> callAsync, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await callAsync(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RemoteException(RemoteCodes.Unavailable, $"{Name} did not answer within {Options.Timeout}.", e) { IsTransient = true };
        }
        catch (RemoteException e) when (e.Code == RemoteCodes.NotSupported)
        {
            _card.Doubt();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The agent elsewhere {Name} failed too often, and is not called for {Time}: {Code}")]
    private static partial void LogOpened(ILogger logger, string name, TimeSpan time, string? code);

    [LoggerMessage(Level = LogLevel.Information, Message = "The agent elsewhere {Name} answers again")]
    private static partial void LogClosed(ILogger logger, string name);
}
