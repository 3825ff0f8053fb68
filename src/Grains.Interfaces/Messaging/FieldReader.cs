using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrleansAgents.Agents;

namespace OrleansAgents.Messaging;

/// <summary>Reads the values that a message's members have, and keeps the problems found on the way.</summary>
internal abstract partial class FieldReader(MessageLimits limits, string? defaultKind)
{
    protected const string NoObject = "A payload is a JSON object.";
    protected const string BadType = "A type is lower-case segments divided by dots, such as quote.request.";
    private const int LongestTime = 64;

    protected MessageLimits Limits { get; } = limits;

    protected List<Problem>? Problems { get; private set; }

    /// <summary>Notes a problem. A message of nothing but problems would be answered with much more than it is: the first ones do.</summary>
    public void Report(string pointer, string code, string message)
    {
        Problems ??= [];
        if (Problems.Count < Problem.Most)
        {
            Problems.Add(new Problem(pointer, code, message));
        }
    }

    protected string? ReadText(ref Utf8JsonReader reader, string pointer)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            if (TryGetString(ref reader, out var text))
            {
                return text;
            }

            Report(pointer, RefusalCodes.MalformedJson, "The text has half of a surrogate pair.");
            return null;
        }

        Report(pointer, RefusalCodes.WrongKind, "The field is a text.");
        reader.Skip();
        return null;
    }

    protected static bool TryGetString(ref Utf8JsonReader reader, out string text)
    {
        try
        {
            text = reader.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }
    }

    protected AgentId Address(string pointer, string text)
    {
        if (!AgentId.TryParse(text, defaultKind, out var id, out var fault)
            && !(ReferenceEquals(Limits, MessageLimits.Kept) && AgentId.TryReadKept(text, out id)))
        {
            Report(pointer, RefusalCodes.BadAddress, fault);
        }

        return id;
    }

    protected MessageId? Id(string name, string text)
    {
        if (MessageId.TryParse(text, out var id))
        {
            return id;
        }

        Report("/" + name, RefusalCodes.BadId, "An id is a UUID in its text form of 36 characters, and not the nil one.");
        return null;
    }

    protected DateTimeOffset? Time(string name, string text)
    {
        if (text.Length <= LongestTime && Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(
            text.ToUpperInvariant(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return time;
        }

        Report("/" + name, RefusalCodes.BadTime, "A time has the form of RFC 3339, such as 2026-01-31T12:00:00Z.");
        return null;
    }

    protected string TooLong(int payload) => $"The payload holds {payload} bytes; {Limits.PayloadBytes} is the limit.";

    protected string Short(string name, string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > Limits.HeaderBytes)
        {
            Report("/" + name, RefusalCodes.TooLarge, $"The field holds {Limits.HeaderBytes} bytes at most.");
        }

        return text;
    }

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Rfc3339();

    internal static string Escape(string token) =>
        token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    internal static string Unescape(string token) =>
        token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
