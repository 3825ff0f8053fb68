using System.Diagnostics;
using System.Diagnostics.Metrics;
using OrleansAgents.Agents;
using OrleansAgents.Telemetry;

namespace OrleansAgents.Intelligence;

/// <summary>
/// The spans of a chat agent's answers and of the tools called for them, by OpenTelemetry's conventions for <c>gen_ai</c>:
/// an answer's is a child of its message's turn, and what is called for it is below it. One that a crash cuts off is not
/// reported; what goes on after it is in a span of its own.
/// </summary>
internal sealed class ChatSpans
{
    private static readonly ActivitySource Source = new(AgentTelemetry.ModelSourceName);
    private static readonly Meter Meter = new(AgentTelemetry.ModelSourceName);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "gen_ai.client.operation.duration", "s", "How long a chat agent took to answer.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] });

    private readonly AgentId _agent;
    private readonly Dictionary<Guid, Activity> _open = [];

    public ChatSpans(AgentId agent) => _agent = agent;

    /// <summary>The span of an answer; null where nobody listens.</summary>
    /// <param name="message">What is answered.</param>
    /// <param name="trace">The span of its turn; null for none.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="conversation">The conversation; null for none.</param>
    public Activity? Invoke(Guid message, string? trace, string model, string? conversation)
    {
        if (_open.TryGetValue(message, out var open) || !Source.HasListeners())
        {
            return open;
        }

        var span = Start($"invoke_agent {_agent.Kind}", ActivityContext.TryParse(trace, traceState: null, isRemote: true, out var parent) ? parent : default);
        if (span is null)
        {
            return null;
        }

        span.SetTag("gen_ai.operation.name", "invoke_agent").SetTag("gen_ai.agent.name", _agent.Kind).SetTag("gen_ai.agent.id", _agent.ToString())
            .SetTag("gen_ai.request.model", model);
        if (conversation is not null)
        {
            span.SetTag("gen_ai.conversation.id", conversation);
        }

        return _open[message] = span;
    }

    /// <summary>Ends the span of an answer, and measures it.</summary>
    /// <param name="one">What was answered.</param>
    /// <param name="now">When it ended.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="code">Why there is none; null where there is one.</param>
    public void EndInvocation(Exchange one, DateTimeOffset now, string model, string? code)
    {
        var tags = new TagList { { "gen_ai.operation.name", "invoke_agent" }, { "gen_ai.agent.name", _agent.Kind }, { "gen_ai.request.model", model } };
        if (code is not null)
        {
            tags.Add("error.type", code);
        }

        Duration.Record((now - one.Began).TotalSeconds, tags);
        if (_open.Remove(one.Message, out var span))
        {
            span.SetTag("gen_ai.usage.input_tokens", one.InputTokens).SetTag("gen_ai.usage.output_tokens", one.OutputTokens);
            Mark(span, code);
            span.Dispose();
        }
    }

    /// <summary>The span of a tool's call; null where nobody listens.</summary>
    public Activity? Execute(Activity? parent, string tool, string callId) => parent is null ? null : Start($"execute_tool {tool}", parent.Context)?
        .SetTag("gen_ai.operation.name", "execute_tool").SetTag("gen_ai.tool.name", tool).SetTag("gen_ai.tool.call.id", callId).SetTag("gen_ai.tool.type", "function");

    /// <summary>Keeps the span of a call whose result comes in a later turn.</summary>
    public void Keep(Guid call, Activity? span)
    {
        if (span is not null)
        {
            _open[call] = span;
        }
    }

    /// <summary>Ends the span of such a call.</summary>
    public void EndTool(Guid call, string? code)
    {
        if (_open.Remove(call, out var span))
        {
            Mark(span, code);
            span.Dispose();
        }
    }

    /// <summary>Ends what is open, as the activation ends.</summary>
    public void Close()
    {
        foreach (var span in _open.Values)
        {
            span.Dispose();
        }

        _open.Clear();
    }

    /// <summary>Says why it failed; null for the code where it did not.</summary>
    public static void Mark(Activity? span, string? code)
    {
        if (code is not null)
        {
            span?.SetTag("error.type", code).SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>Has what follows be below a span; null changes nothing.</summary>
    public Entered Enter(Activity? span)
    {
        var before = Activity.Current;
        if (span is not null)
        {
            Activity.Current = span;
        }

        return new Entered(before);
    }

    /// <summary>Not made the current one: it outlives the turn.</summary>
    private static Activity? Start(string name, ActivityContext parent)
    {
        var before = Activity.Current;
        try
        {
            return Source.StartActivity(name, ActivityKind.Internal, parent);
        }
        finally
        {
            Activity.Current = before;
        }
    }

    /// <summary>Goes back to the span before.</summary>
    internal readonly struct Entered(Activity? before) : IDisposable
    {
        public void Dispose() => Activity.Current = before;
    }
}
