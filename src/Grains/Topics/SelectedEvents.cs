using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Topics;

/// <summary>One batch of events, and what is left of it behind each filter; made once for all who share it.</summary>
internal sealed class SelectedEvents(Envelope[] events, PayloadCipher? cipher)
{
    private readonly EventBatch _all = new(events);
    private JsonElement?[]? _payloads;

    /// <summary>The events that pass one of the filters; null when none does.</summary>
    public EventBatch? For(IReadOnlyDictionary<string, Dictionary<string, JsonElement>?> filters)
    {
        if (filters.Values.Contains(null))
        {
            return _all;
        }

        _payloads ??= [.. events.Select(Read)];
        Envelope[] passed = [.. events.Where((_, i) => _payloads[i] is not { } payload || filters.Values.Any(f => PayloadFilter.Matches(f!, payload)))];
        return passed.Length == 0 ? null : new EventBatch(passed);
    }

    /// <summary>The payload; null for one that cannot be read here: its subscribers are told it, and see for themselves.</summary>
    private JsonElement? Read(Envelope published)
    {
        if (published.Extras?.Encryption is null)
        {
            return JsonElement.Parse(published.PayloadJson.Span);
        }

        try
        {
            return cipher is not null && cipher.TryOpen(published, out var opened, out _) ? JsonElement.Parse(opened.PayloadJson.Span) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
