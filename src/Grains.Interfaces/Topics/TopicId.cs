using System.Diagnostics.CodeAnalysis;
using OrleansAgents.Agents;

namespace OrleansAgents.Topics;

/// <summary>
/// The name of a topic, such as <c>orders/eu</c>: one or more segments of ASCII letters, digits, dots, underscores and
/// hyphens, divided by slashes, <see cref="MaxLength"/> characters in all. The topic <c>orders/eu</c> is served by the
/// agent <c>topic/orders/eu</c>.
/// </summary>
public readonly record struct TopicId : IParsable<TopicId>
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxLength = AgentId.MaxKeyLength;

    /// <summary>The kind of the agents that serve topics.</summary>
    public const string AgentKind = "topic";

    private readonly string? _name;

    /// <summary>Takes a topic's name.</summary>
    /// <exception cref="FormatException"><paramref name="name"/> is no topic name; the message says why.</exception>
    public TopicId(string name) => _name = FindFault(name) is { } fault ? throw new FormatException(fault) : name;

    /// <summary>The name. Empty only for <c>default</c>.</summary>
    public string Name => _name ?? "";

    /// <summary>The agent that serves this topic.</summary>
    public AgentId Agent => new(AgentKind, Name);

    /// <summary>Reads a topic's name.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is no topic name; the message says why.</exception>
    public static TopicId Parse(string text) => new(text);

    /// <summary>Reads a topic's name; <paramref name="fault"/> says what is wrong when the answer is false.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TopicId id, [NotNullWhen(false)] out string? fault)
    {
        fault = FindFault(text);
        id = fault is null ? new TopicId(text!) : default;
        return fault is null;
    }

    /// <inheritdoc/>
    static TopicId IParsable<TopicId>.Parse(string s, IFormatProvider? provider) => new(s);

    /// <inheritdoc/>
    static bool IParsable<TopicId>.TryParse(string? s, IFormatProvider? provider, out TopicId result) =>
        TryParse(s, out result, out _);

    /// <summary>Reads a topic's name; throws as <see cref="Parse"/> does.</summary>
    public static implicit operator TopicId(string text) => new(text);

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private static string? FindFault(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return "A topic's name is empty; write one such as orders/eu.";
        }

        if (name.Length > MaxLength)
        {
            return $"A topic's name holds {name.Length} characters; {MaxLength} is the limit.";
        }

        var segment = 0;
        foreach (var c in name)
        {
            if (c == '/' ? segment == 0 : !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                segment = -1;
                break;
            }

            segment = c == '/' ? 0 : segment + 1;
        }

        return segment > 0
            ? null
            : $"'{Messaging.PlainText.Show(name, Messaging.PlainText.Quoted)}' is no topic name; segments of letters, digits, dots, underscores and hyphens are divided by single slashes.";
    }
}
