using System.CommandLine.Parsing;
using System.Globalization;
using OrleansAgents.Topics;

namespace OrleansAgents.Commands;

/// <summary>Where reading a topic begins, as people write it.</summary>
internal static class StartText
{
    public static TopicStart? Parse(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (Find(text) is { } start)
        {
            return start;
        }

        result.AddError($"'{text}' is no place to begin; write beginning, now, the position of an event such as 17, or a time such as 2026-01-31T12:00:00Z.");
        return null;
    }

    private static TopicStart? Find(string text) => text switch
    {
        "beginning" => TopicStart.Beginning,
        "now" => TopicStart.Now,
        _ when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) => position > 0 ? TopicStart.After(position - 1) : null,
        // A time has a colon, so that what is left of a mistyped number is not taken for a year.
        _ when text.Contains(':', StringComparison.Ordinal) && DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => TopicStart.At(time),
        _ => null,
    };
}
