using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Topics;

/// <summary>One batch of events, and what is left of it behind each filter; made once for all who share it.</summary>
internal sealed class SelectedEvents(Envelope[] events)
{
    private readonly EventBatch _all = new(events);
    private JsonElement[]? _payloads;

    /// <summary>The events that pass one of the filters; null when none does.</summary>
    public EventBatch? For(IReadOnlyDictionary<string, Dictionary<string, JsonElement>?> filters)
    {
        if (filters.Values.Contains(null))
        {
            return _all;
        }

        _payloads ??= [.. events.Select(e => JsonElement.Parse(e.PayloadJson.Span))];
        Envelope[] passed = [.. events.Where((_, i) => filters.Values.Any(f => PayloadFilter.Matches(f!, _payloads[i])))];
        return passed.Length == 0 ? null : new EventBatch(passed);
    }
}
