using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using OrleansAgents.Agents;

namespace OrleansAgents.Samples;

/// <summary>What a story plays with.</summary>
internal sealed record Stage(IAgentClient Agents, Witness Witness)
{
    public static void Say(string line) => Console.WriteLine($"   {line}");

    public static void Expect(bool condition, string what)
    {
        if (!condition)
        {
            throw new UnexpectedException($"expected {what}.");
        }
    }

    /// <summary>Waits for what an agent reports, and says it.</summary>
    public async Task<string> HearAsync(string subject)
    {
        var heard = await Witness.NextAsync(subject);
        Say(heard);
        return heard;
    }
}

/// <summary>A story went another way than it should.</summary>
internal sealed class UnexpectedException(string message) : Exception(message);

/// <summary>Where agents report what happened to them, so that a story can wait for it.</summary>
internal sealed class Witness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly ConcurrentDictionary<string, Channel<string>> _reports = new(StringComparer.Ordinal);

    public void Report(string subject, string what) => Of(subject).Writer.TryWrite(what);

    /// <summary>The next report on a subject; a report that came before is there still.</summary>
    /// <exception cref="TimeoutException">None came in 20 seconds.</exception>
    public async Task<string> NextAsync(string subject) => await Of(subject).Reader.ReadAsync().AsTask().WaitAsync(Patience);

    private Channel<string> Of(string subject) => _reports.GetOrAdd(subject, static _ => Channel.CreateUnbounded<string>());
}

/// <summary>Ports that nobody has, so that the sample runs beside another silo.</summary>
internal static class FreePorts
{
    public static (int Silo, int Gateway) Find()
    {
        using var silo = new TcpListener(IPAddress.Loopback, 0);
        using var gateway = new TcpListener(IPAddress.Loopback, 0);
        silo.Start();
        gateway.Start();
        return (((IPEndPoint)silo.LocalEndpoint).Port, ((IPEndPoint)gateway.LocalEndpoint).Port);
    }
}
