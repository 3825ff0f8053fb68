using System.Globalization;
using System.Text;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansAgents.Messaging;

namespace OrleansAgents.Mcp;

/// <summary>Says what a tool elsewhere gave in a text that a model can be told.</summary>
internal static class McpAnswer
{
    /// <summary>The longest text, in characters.</summary>
    public const int MaxLength = 64 * 1024;

    public static string Write(CallToolResult result)
    {
        var texts = result.Content.Select(Show).ToList();
        // Most servers say the structured result as text once more.
        if (result.StructuredContent is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } structured && !texts.Any(text => IsSame(text, structured)))
        {
            texts.Add(structured.GetRawText());
        }

        return Cut(string.Join('\n', texts));
    }

    private static string Show(ContentBlock content) => content switch
    {
        TextContentBlock text => text.Text,
        ImageContentBlock image => Describe("image", image.MimeType, image.DecodedData.Length),
        AudioContentBlock audio => Describe("sound", audio.MimeType, audio.DecodedData.Length),
        ResourceLinkBlock link => $"[link {link.Uri}{(link.Name == link.Uri ? "" : $" \"{link.Name}\"")}{(link.MimeType is null ? "" : $" ({link.MimeType})")}]{(link.Description is null ? "" : $" {link.Description}")}",
        EmbeddedResourceBlock { Resource: TextResourceContents resource } => $"[{resource.Uri}]\n{resource.Text}",
        EmbeddedResourceBlock { Resource: BlobResourceContents resource } => Describe($"file {resource.Uri}", resource.MimeType, resource.DecodedData.Length),
        _ => $"[{content.Type}]",
    };

    /// <summary>Bytes are no text, and what a model may be shown of them is for the tool to say.</summary>
    private static string Describe(string what, string? mediaType, int bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"[{what}{(mediaType is null ? "" : $" ({mediaType})")}, {bytes} bytes, not shown]");

    private static bool IsSame(string text, JsonElement structured)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return JsonEquality.AreEqual(json.RootElement, structured);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Cut(string text)
    {
        if (text.Length <= MaxLength)
        {
            return text;
        }

        // Half of a pair would be a character that was not there.
        var length = MaxLength - (char.IsHighSurrogate(text[MaxLength - 1]) ? 1 : 0);
        return new StringBuilder(text, 0, length, length + 64).Append(CultureInfo.InvariantCulture, $"\n[cut: {length} of {text.Length} characters]").ToString();
    }
}
