using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using OrleansAgents.A2A;
using OrleansAgents.Telemetry;
using Xunit;

namespace OrleansAgents.Tests.A2A;

/// <content>What is told of calls.</content>
public sealed partial class RemoteClientTests
{
    [Fact]
    public async Task Calls_AreMeasuredAndTheOtherSideIsBelowTheirSpans()
    {
        var (spans, measured) = (new ConcurrentQueue<Activity>(), new ConcurrentQueue<Dictionary<string, object?>>());
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == AgentTelemetry.SourceName, Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var meter = new MeterListener();
        meter.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Name: "agents.remote.duration", Meter.Name: AgentTelemetry.MeterName })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        meter.SetMeasurementEventCallback<double>((_, value, tags, _) =>
        {
            Assert.True(value >= 0);
            measured.Enqueue(tags.ToArray().ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal));
        });
        meter.Start();

        // Other tests call agents of other names meanwhile.
        var name = $"measured-{Guid.NewGuid():N}";
        var client = Create(o => o.Retries = 0, name);
        _agent.Script("GetTask", AgentSteps.Answer(AgentSteps.Bare("t1", "WORKING", "so")), AgentSteps.Error(-32001, "TASK_NOT_FOUND", 404));
        await client.GetAsync("t1", Token);
        Assert.Equal(RemoteCodes.TaskLost, (await Assert.ThrowsAsync<RemoteException>(() => client.GetAsync("t1", Token))).Code);

        var own = measured.Where(m => (string?)m["remote.name"] == name).ToList();
        Assert.Equal([("GetTask", null), ("GetTask", RemoteCodes.TaskLost)], own.Select(m => ((string)m["rpc.method"]!, (string?)m.GetValueOrDefault("error.type"))));
        var traces = spans.Where(s => (string?)s.GetTagItem("remote.name") == name).ToList();
        Assert.Equal(
            [($"GetTask {name}", ActivityKind.Client, ActivityStatusCode.Unset), ($"GetTask {name}", ActivityKind.Client, ActivityStatusCode.Error)], traces.Select(s => (s.DisplayName, s.Kind, s.Status)));
        Assert.Equal(traces.Select(s => s.TraceId.ToHexString()), _agent.Of("GetTask").Select(r => r.Headers["traceparent"].Split('-')[1]));
    }
}
