using System.Diagnostics.Metrics;
using System.Threading.Channels;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;
using OrleansAgents.Telemetry;
using OrleansAgents.Tests.Agents;

namespace OrleansAgents.Tests.Telemetry;

public sealed class MetricsTests(AgentCluster cluster) : IDisposable
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    private CancellationToken Token => _patience.Token;

    public void Dispose() => _patience.Dispose();

    [Fact]
    public async Task Duration_OfTurns_IsMeasuredByOutcome()
    {
        using var meter = new Measurements();
        var agent = cluster.Outside.Agent("metered/outcomes");
        await Assert.ThrowsAsync<AgentRefusedException>(async () => await agent.AskAsync(new Trouble("test.no"), cancellationToken: Token));
        await Assert.ThrowsAsync<AgentFailedException>(async () => await agent.AskAsync(new Trouble("throw"), cancellationToken: Token));
        await agent.AskAsync(new Trouble("", Times: 0), cancellationToken: Token);
        foreach (var outcome in (string[])["refused", "failed", "accepted"])
        {
            var measured = await meter.FindAsync("agents.message.duration", "outcome", outcome, Token, "metered");
            Assert.InRange(measured.Value, 0, 60);
            Assert.Equal("test.trouble", measured.Tags["messaging.message.type"]);
        }
    }

    [Fact]
    public async Task Refusals_OfTurnAndGate_AreCountedByCode()
    {
        using var meter = new Measurements();
        var agent = cluster.Outside.Agent("metered/codes");
        await Assert.ThrowsAsync<AgentRefusedException>(async () => await agent.AskAsync(new Trouble("test.code"), cancellationToken: Token));
        await Assert.ThrowsAsync<AgentFailedException>(async () => await agent.AskAsync(new Trouble("throw"), cancellationToken: Token));
        await agent.TellAsync(new Announced(), cancellationToken: Token);
        foreach (var code in (string[])["test.code", RefusalCodes.HandlerFailed, RefusalCodes.UnknownContract])
        {
            Assert.Equal(1, (await meter.FindAsync("agents.message.refusals", "code", code, Token)).Value);
        }
    }

    [Fact]
    public async Task Duplicates_OfAHandledMessage_AreCounted()
    {
        using var meter = new Measurements();
        var agent = cluster.Outside.Agent("metered/duplicates");
        var options = new SendOptions { Id = MessageId.New() };
        await agent.AskAsync(new Trouble("", Times: 0), options, Token);
        await agent.AskAsync(new Trouble("", Times: 0), options, Token);
        Assert.Equal(1, (await meter.FindAsync("agents.message.duplicates", "agent.kind", "metered", Token)).Value);
    }

    [Fact]
    public async Task Entries_OfAnAuditLog_AreCountedByOutcome()
    {
        using var meter = new Measurements();
        await cluster.Outside.Agent("ledger/metered").AskAsync(new Add(1), cancellationToken: Token);
        await Assert.ThrowsAsync<AgentRefusedException>(async () => await cluster.Outside.Agent("ledger/metered").AskAsync(new Add(0), cancellationToken: Token));
        Assert.Equal(1, (await meter.FindAsync("agents.audit.entries", "outcome", "accepted", Token, "ledger")).Value);
        // Nothing else makes the agent write: it is noted by itself, a little later.
        Assert.Equal(1, (await meter.FindAsync("agents.audit.entries", "outcome", "refused", Token, "ledger")).Value);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Retries_OfATransientRefusal_AreCounted(bool outside)
    {
        using var meter = new Measurements();
        var agent = (outside ? cluster.Outside : cluster.Inside).Agent($"metered/retries-{outside}");
        Assert.Equal(3, (await agent.AskAsync(new Trouble(RefusalCodes.Busy, Times: 2), cancellationToken: Token)).Attempts);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(1, (await meter.FindAsync("agents.message.retries", tag: null, value: null, Token)).Value);
        }
    }

    [Fact]
    public async Task Active_OfAnAgentThatStartsAndStops_GoesUpAndDown()
    {
        using var meter = new Measurements();
        var agent = cluster.Outside.Agent("metered/active");
        await agent.TellAsync(new Trouble("", Times: 0), cancellationToken: Token);
        Assert.Equal(1, (await meter.FindAsync("agents.active", "agent.kind", "metered", Token)).Value);
        await agent.StopAsync(Token);
        while ((await meter.FindAsync("agents.active", "agent.kind", "metered", Token)).Value != -1)
        {
        }
    }

    [Fact]
    public async Task Active_OfAnAgentThatCannotStart_IsNotCounted()
    {
        using var meter = new Measurements();
        await Assert.ThrowsAsync<AgentFailedException>(async () =>
            await cluster.Outside.Agent("broken-start/metered").AskAsync(new Greet("x"), cancellationToken: Token));
        await cluster.Outside.Agent("metered/marker").AskAsync(new Trouble("", Times: 0), cancellationToken: Token);
        var before = await meter.FindAllUntilAsync("agents.active", "metered", Token);
        Assert.DoesNotContain("broken-start", before.Select(m => m.Tags["agent.kind"]));
    }

    private sealed record Measurement(string Name, double Value, Dictionary<string, object?> Tags);

    /// <summary>What the platform's meter measures while it lives, in order.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly Channel<Measurement> _measured = Channel.CreateUnbounded<Measurement>();
        private readonly MeterListener _listener = new();

        public Measurements()
        {
            _listener.InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == AgentTelemetry.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.Start();
        }

        /// <summary>The next measurement of that instrument with that tag; tests that run meanwhile have agents of other kinds.</summary>
        public async Task<Measurement> FindAsync(string name, string? tag, string? value, CancellationToken cancellationToken, string? kind = null)
        {
            while (true)
            {
                var measured = await _measured.Reader.ReadAsync(cancellationToken);
                if (measured.Name == name && (tag is null || (string?)measured.Tags[tag] == value) && (kind is null || (string?)measured.Tags["agent.kind"] == kind))
                {
                    return measured;
                }
            }
        }

        /// <summary>All of that instrument until one of that kind comes.</summary>
        public async Task<List<Measurement>> FindAllUntilAsync(string name, string kind, CancellationToken cancellationToken)
        {
            var found = new List<Measurement>();
            while (found is [] || (string?)found[^1].Tags["agent.kind"] != kind)
            {
                var measured = await _measured.Reader.ReadAsync(cancellationToken);
                if (measured.Name == name)
                {
                    found.Add(measured);
                }
            }

            return found;
        }

        public void Dispose() => _listener.Dispose();

        private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            _measured.Writer.TryWrite(new Measurement(instrument.Name, value, tags.ToArray().ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal)));
    }
}
