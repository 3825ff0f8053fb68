using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>The media types that agents take and make.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json", Text = "text/plain";

    /// <summary>What is taken by agents that talk.</summary>
    public static readonly string[] Talk = [Text, Json, "text/*", "image/*", "audio/*", "video/*", "application/pdf", "application/octet-stream"];

    /// <summary>What is made where nobody says otherwise, and what skills that only answer make.</summary>
    public static readonly string[] Usual = [Text, Json], Data = [Json];

    /// <summary>Whether some of what is made is accepted, by its type or by one with an asterisk.</summary>
    public static bool AreAccepted(IReadOnlyList<string> made, IReadOnlyList<string> accepted) =>
        accepted.Any(mode => Bare(mode) is { } type && made.Any(one => IsOf(one, type)));

    /// <summary>Whether a part of a talk is of a type that is taken; one that names none is.</summary>
    public static bool IsTalk(Part part) => Bare(part.MediaType) is not { } type || IsJson(type) || Array.Exists(Talk, taken => IsOf(type, taken));

    /// <summary>Whether a part is data, and no other type is named.</summary>
    public static bool IsData(Part part) => part.Data is not null && (Bare(part.MediaType) is not { } type || IsJson(type));

    private static bool IsOf(string type, string range) => range == "*/*"
        || (range.EndsWith("/*", StringComparison.Ordinal) ? type.StartsWith(range[..^1], StringComparison.OrdinalIgnoreCase) : type.Equals(range, StringComparison.OrdinalIgnoreCase));

    private static bool IsJson(string type) =>
        type.Equals(Json, StringComparison.OrdinalIgnoreCase) || (type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    /// <summary>Without its parameters; null for none.</summary>
    private static string? Bare(string? type) => string.IsNullOrEmpty(type) ? null : type.Split(';', 2)[0].Trim();
}
