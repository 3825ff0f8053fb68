using System.Diagnostics.CodeAnalysis;

namespace OrleansAgents.Topics;

/// <summary>
/// Names the topics below another: <c>orders/*</c> those one segment below <c>orders</c>, <c>orders/**</c> those at any
/// depth. The topic <c>orders</c> itself is not among them.
/// </summary>
public readonly record struct TopicPattern
{
    private TopicPattern(TopicId above, bool isDeep) => (Above, IsDeep) = (above, isDeep);

    /// <summary>The topic below which the others are, and which keeps the subscriptions.</summary>
    public TopicId Above { get; }

    /// <summary>Whether topics at any depth are meant, and not only the next.</summary>
    public bool IsDeep { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is no pattern; the message says why.</exception>
    public static TopicPattern Parse(string text) =>
        TryParse(text, out var pattern, out var fault) ? pattern : throw new FormatException(fault);

    /// <summary>Reads a pattern; <paramref name="fault"/> says what is wrong when the answer is false.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TopicPattern pattern, [NotNullWhen(false)] out string? fault)
    {
        pattern = default;
        var isDeep = text?.EndsWith("/**", StringComparison.Ordinal) is true;
        if (!isDeep && text?.EndsWith("/*", StringComparison.Ordinal) is not true)
        {
            fault = $"'{Messaging.PlainText.Show(text, Messaging.PlainText.Quoted)}' is no pattern of topics; write one such as orders/* or orders/**.";
            return false;
        }

        if (!TopicId.TryParse(text![..^(isDeep ? 3 : 2)], out var above, out fault))
        {
            return false;
        }

        pattern = new TopicPattern(above, isDeep);
        return true;
    }

    /// <summary>Whether a topic is meant.</summary>
    public bool Matches(TopicId topic) =>
        topic.Name.StartsWith(Above.Name + "/", StringComparison.Ordinal)
        && (IsDeep || topic.Name.IndexOf('/', Above.Name.Length + 1) < 0);

    /// <summary>The pattern's text.</summary>
    public override string ToString() => Above.Name + (IsDeep ? "/**" : "/*");
}
