using System.Text.Json.Serialization;

namespace OrleansAgents.Negotiation;

/// <summary>
/// Which offer is best. By fields of the offer: a sum of numbers, each with a weight, of which the highest is best. Of
/// equal ones the offer that stands longer is better, and then the one whose participant's address comes first.
/// </summary>
/// <param name="Terms">What is summed up; none where the initiator is asked.</param>
public sealed record Scoring(IReadOnlyList<ScoringTerm> Terms)
{
    /// <summary>The most terms of a sum.</summary>
    public const int MostTerms = 32;

    /// <summary>The initiator is asked, by <see cref="ScoreProposals"/>, and may make counter-offers.</summary>
    public static Scoring ByInitiator { get; } = new([]);

    /// <summary>Whether the initiator is asked.</summary>
    [JsonIgnore]
    public bool AsksInitiator => Terms.Count == 0;

    /// <summary>The lowest number in one field is best.</summary>
    /// <param name="pointer">The field: a JSON pointer (RFC 6901), such as <c>/price</c>.</param>
    /// <exception cref="ArgumentException">It is no pointer to a field.</exception>
    public static Scoring Lowest(string pointer) => Sum(new ScoringTerm(pointer, -1));

    /// <summary>The highest number in one field is best.</summary>
    /// <inheritdoc cref="Lowest"/>
    public static Scoring Highest(string pointer) => Sum(new ScoringTerm(pointer, 1));

    /// <summary>The highest sum is best: each field's number times its weight, which is negative where less is better.</summary>
    /// <exception cref="ArgumentException">There is no term or more than <see cref="MostTerms"/>, a pointer leads to no field, or a weight is 0 or no number.</exception>
    public static Scoring Sum(params ScoringTerm[] terms)
    {
        var scoring = new Scoring([.. terms]);
        return terms.Length == 0 ? throw new ArgumentException("A sum needs a term; Scoring.ByInitiator has none.", nameof(terms))
            : scoring.FindFault() is { } fault ? throw new ArgumentException(fault, nameof(terms))
            : scoring;
    }

    /// <summary>What is wrong, as a sentence; null when all is well.</summary>
    internal string? FindFault() => Terms.Count > MostTerms
        ? $"A scoring sums up {MostTerms} fields at most."
        : Terms.Select(t => t.FindFault()).FirstOrDefault(f => f is not null);
}

/// <summary>One field of a sum.</summary>
/// <param name="Pointer">The field: a JSON pointer (RFC 6901) into the offer, such as <c>/price</c>.</param>
/// <param name="Weight">What its number is multiplied with: not 0, and negative where less is better.</param>
public sealed record ScoringTerm(string Pointer, double Weight)
{
    internal string? FindFault() => !Pointer.StartsWith('/')
        ? $"The scoring's '{Pointer}' is no JSON pointer to a field; write '/{Pointer}'."
        : !double.IsFinite(Weight) || Weight == 0 ? $"The weight of '{Pointer}' in the scoring must be a finite number other than 0."
        : null;
}
