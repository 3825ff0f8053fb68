using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>The media types that agents take and make.</summary>
internal static class MediaTypes
{
    public const string Json = "application/json", Text = "text/plain";

    /// <summary>What is taken by agents that talk.</summary>
    public static readonly string[] Talk = [Text, Json, "text/*", "image/*", "audio/*", "video/*", "application/pdf", "application/octet-stream"];

    /// <summary>Whether a part of a talk is of a type that is taken; one that names none is.</summary>
    public static bool IsTalk(Part part) => Bare(part.MediaType) is not { } type || IsJson(type) || Array.Exists(Talk, taken =>
        taken.EndsWith("/*", StringComparison.Ordinal) ? type.StartsWith(taken[..^1], StringComparison.OrdinalIgnoreCase) : type.Equals(taken, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a part is data, and no other type is named.</summary>
    public static bool IsData(Part part) => part.Data is not null && (Bare(part.MediaType) is not { } type || IsJson(type));

    private static bool IsJson(string type) =>
        type.Equals(Json, StringComparison.OrdinalIgnoreCase) || (type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    /// <summary>Without its parameters; null for none.</summary>
    private static string? Bare(string? type) => string.IsNullOrEmpty(type) ? null : type.Split(';', 2)[0].Trim();
}
