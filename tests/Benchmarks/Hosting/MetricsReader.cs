using System.Diagnostics.Metrics;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Tests.Hosting;

/// <summary>Listens to the platform's meter as an exporter does, so that what is measured pays for its metrics.</summary>
internal sealed class MetricsReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _turns;

    public MetricsReader()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (string.Equals(instrument.Meter.Name, AgentTelemetry.MeterName, StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>(OnDuration);
        _listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
        _listener.Start();
    }

    /// <summary>How many turns reported their duration.</summary>
    public long Turns => Volatile.Read(ref _turns);

    public void Dispose() => _listener.Dispose();

    private void OnDuration(Instrument instrument, double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (string.Equals(instrument.Name, "agents.message.duration", StringComparison.Ordinal))
        {
            _turns++;
        }
    }
}
