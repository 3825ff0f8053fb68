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

        var sent = Split(target);
        var known = $"{context.Request.PathBase}{context.Request.Path}".TrimEnd('/').Split('/');
        return sent.Length < known.Length || Array.Exists(sent, IsDots)
            ? throw new AgentRefusedException(RefusalCodes.BadAddress, "The path has a segment of dots; an agent with such a key is reached by /messages.")
            : Decode(sent[^(behind + 1)])
                ?? throw new AgentRefusedException(RefusalCodes.BadAddress, $"The segment '{name}' of the path is not percent-encoded UTF-8; a slash within it is written %2F.");
    }

    /// <summary>A text as one segment of a path.</summary>
    public static string Encode(string text) => Uri.EscapeDataString(text);

    /// <summary>The text that a segment stands for; null where it is none.</summary>
    public static string? Decode(string segment)
    {
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

                bytes[count++] = Convert.ToByte(segment.Substring(i + 1, 2), 16);
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

    private static string[] Split(string target)
    {
        var path = target.Split('?', 2)[0];
        // A proxy may name the whole address.
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        var start = path.StartsWith('/') || scheme < 0 ? 0 : path.IndexOf('/', scheme + 3);
        return (start < 0 ? "" : path[start..]).TrimEnd('/').Split('/');
    }

    private static bool IsDots(string segment) =>
        segment.Replace("%2E", ".", StringComparison.OrdinalIgnoreCase) is "." or "..";
}
