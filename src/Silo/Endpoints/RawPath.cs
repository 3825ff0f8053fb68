using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using OrleansAgents.Agents;
using OrleansAgents.Messaging;

namespace OrleansAgents.Endpoints;

/// <summary>
/// Segments of the path as they were sent. The web server leaves <c>%2F</c> in a path and decodes all else, so of what it
/// gives nobody can tell a key that holds a slash from one that holds the characters <c>%2F</c>.
/// </summary>
internal static class RawPath
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>One segment, decoded once.</summary>
    /// <param name="context">The request.</param>
    /// <param name="name">What the route calls it.</param>
    /// <param name="behind">How many segments follow it.</param>
    /// <exception cref="AgentRefusedException">It is not percent-encoded UTF-8, or the path has dot segments.</exception>
    public static string Read(HttpContext context, string name, int behind)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(target))
        {
            return (string)context.Request.RouteValues[name]!;
        }

        var sent = PathOf(target);
        return Count(sent) < Known(context.Request) || HasDots(sent)
            ? throw new AgentRefusedException(RefusalCodes.BadAddress, "The path has a segment of dots; an agent with such a key is reached by /messages.")
            : Decode(FromEnd(sent, behind))
                ?? throw new AgentRefusedException(RefusalCodes.BadAddress, $"The segment '{name}' of the path is not percent-encoded UTF-8; a slash within it is written %2F.");
    }

    /// <summary>A text as one segment of a path.</summary>
    public static string Encode(string text) => Uri.EscapeDataString(text);

    /// <summary>The text that a segment stands for; null where it is none.</summary>
    public static string? Decode(ReadOnlySpan<char> segment)
    {
        if (!segment.Contains('%'))
        {
            return Ascii.IsValid(segment) ? segment.ToString() : null;
        }

        var bytes = new byte[segment.Length];
        var count = 0;
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] == '%')
            {
                if (i + 2 >= segment.Length || !char.IsAsciiHexDigit(segment[i + 1]) || !char.IsAsciiHexDigit(segment[i + 2]))
                {
                    return null;
                }

                bytes[count++] = byte.Parse(segment.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                i += 2;
            }
            else if (char.IsAscii(segment[i]))
            {
                bytes[count++] = (byte)segment[i];
            }
            else
            {
                return null;
            }
        }

        try
        {
            return Strict.GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> target)
    {
        var end = target.IndexOf('?');
        var path = end < 0 ? target : target[..end];
        // A proxy may name the whole address.
        var scheme = path.IndexOf("://");
        if (!path.StartsWith('/') && scheme >= 0)
        {
            var start = path[(scheme + 3)..].IndexOf('/');
            path = start < 0 ? [] : path[(scheme + 3 + start)..];
        }

        return path.TrimEnd('/');
    }

    /// <summary>How many segments the path has that the server made of the target, and that the route was found by.</summary>
    private static int Known(HttpRequest request)
    {
        ReadOnlySpan<char> start = request.PathBase.Value, rest = request.Path.Value;
        rest = rest.TrimEnd('/');
        return rest.IsEmpty ? Count(start.TrimEnd('/')) : Count(start) + rest.Count('/');
    }

    private static int Count(ReadOnlySpan<char> path) => path.Count('/') + 1;

    private static ReadOnlySpan<char> FromEnd(ReadOnlySpan<char> path, int behind)
    {
        for (; behind > 0; behind--)
        {
            path = path[..path.LastIndexOf('/')];
        }

        return path[(path.LastIndexOf('/') + 1)..];
    }

    private static bool HasDots(ReadOnlySpan<char> path)
    {
        foreach (var segment in path.Split('/'))
        {
            if (IsDots(path[segment]))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsDots(ReadOnlySpan<char> segment) =>
        // Two dots, each written with three characters, are the longest.
        segment.Length is > 0 and <= 6 && (segment[0] is '.' or '%') && segment.ToString().Replace("%2E", ".", StringComparison.OrdinalIgnoreCase) is "." or "..";
}
