using System.Text.Json;
using OrleansAgents.Messaging;

namespace OrleansAgents.Negotiation;

/// <summary>Scores offers by their fields, and ranks them.</summary>
internal static class OfferScore
{
    /// <summary>The score of an offer, the higher the better; or why it has none, as a sentence.</summary>
    public static (double? Score, string? Fault) Of(Scoring scoring, JsonElement offer)
    {
        var sum = 0.0;
        foreach (var term in scoring.Terms)
        {
            if (JsonPointer.Find(offer, term.Pointer) is not { } field)
            {
                return (null, $"The offer has no field '{term.Pointer}', which the scoring needs.");
            }

            if (field.ValueKind != JsonValueKind.Number || !field.TryGetDouble(out var value) || !double.IsFinite(value))
            {
                return (null, $"The offer's field '{term.Pointer}' is no finite number.");
            }

            sum += term.Weight * value;
        }

        return double.IsFinite(sum) ? (sum, null) : (null, "The offer's numbers are too large to be summed up.");
    }

    /// <summary>Best first; of equal ones the one that stands longer, and then the one whose address comes first.</summary>
    public static IReadOnlyList<Bidder> Rank(IEnumerable<Bidder> bidders) =>
        [.. bidders.OrderByDescending(b => b.Score).ThenBy(b => b.OfferedAt).ThenBy(b => b.Agent, StringComparer.Ordinal)];
}
