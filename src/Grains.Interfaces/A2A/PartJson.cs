using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansAgents.Runs;

namespace OrleansAgents.A2A;

/// <summary>
/// Our parts as the protocol writes them: the same members, but for <c>filename</c>. Exactly one content, bytes in base64 or
/// base64url as ProtoJSON lets them be, and JSON's null as data, which is not the same as no data.
/// </summary>
internal sealed class PartJson : JsonConverter<Part>
{
    public override bool HandleNull => true;

    public override Part Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A part is an object.");
        }

        var (part, seen) = (new Part(), Members.None);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = Name(ref reader);
            if ((seen & member) != Members.None)
            {
                throw new JsonException("A part has a member twice.");
            }

            seen |= member;
            reader.Read();
            part = ReadMember(ref reader, part, member, options);
        }

        return part.FindFault() is { } fault ? throw new JsonException(fault) : part;
    }

    public override void Write(Utf8JsonWriter writer, Part value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        WriteText(writer, "text"u8, value.Text);
        WriteText(writer, "raw"u8, value.Raw);
        WriteText(writer, "url"u8, value.Url);
        WriteJson(writer, "data"u8, value.Data);
        WriteText(writer, "filename"u8, value.FileName);
        WriteText(writer, "mediaType"u8, value.MediaType);
        WriteJson(writer, "metadata"u8, value.Metadata);
        writer.WriteEndObject();
    }

    private static Members Name(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("text"u8) ? Members.Text
        : reader.ValueTextEquals("data"u8) ? Members.Data
        : reader.ValueTextEquals("raw"u8) ? Members.Raw
        : reader.ValueTextEquals("url"u8) ? Members.Url
        : reader.ValueTextEquals("filename"u8) ? Members.FileName
        : reader.ValueTextEquals("mediaType"u8) ? Members.MediaType
        : reader.ValueTextEquals("metadata"u8) ? Members.Metadata
        : Members.None;

    private static Part ReadMember(ref Utf8JsonReader reader, Part part, Members member, JsonSerializerOptions options)
    {
        switch (member)
        {
            case Members.Text:
                return part with { Text = ReadText(ref reader) };
            case Members.Raw:
                return part with { Raw = ReadText(ref reader) is { } bytes ? ToBase64(bytes) : null };
            case Members.Url:
                return part with { Url = ReadText(ref reader) };
            case Members.FileName:
                return part with { FileName = ReadText(ref reader) };
            case Members.MediaType:
                return part with { MediaType = ReadText(ref reader) };
            case Members.Data:
                return part with { Data = StructJson.ReadAny(ref reader, options) };
            case Members.Metadata:
                return part with { Metadata = reader.TokenType == JsonTokenType.Null ? null : StructJson.ReadAny(ref reader, options) };
            default:
                reader.Skip();
                return part;
        }
    }

    private static string? ReadText(ref Utf8JsonReader reader) => reader.TokenType is JsonTokenType.String or JsonTokenType.Null
        ? reader.GetString()
        : throw new JsonException("A part's 'text', 'raw', 'url', 'filename' and 'mediaType' are texts.");

    /// <summary>Base64 with its padding, of any of the forms that ProtoJSON reads.</summary>
    private static string ToBase64(string text)
    {
        var bytes = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        return bytes + (bytes.Length % 4) switch { 2 => "==", 3 => "=", _ => "" };
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }

    private static void WriteJson(Utf8JsonWriter writer, ReadOnlySpan<byte> name, JsonElement? json)
    {
        if (json is { } value)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
    }

    [Flags]
    private enum Members
    {
        None = 0,
        Text = 1,
        Raw = 2,
        Url = 4,
        Data = 8,
        FileName = 16,
        MediaType = 32,
        Metadata = 64,
    }
}
