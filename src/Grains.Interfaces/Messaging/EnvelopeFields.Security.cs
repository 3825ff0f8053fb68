using System.Text.Json;
using OrleansAgents.Security;

namespace OrleansAgents.Messaging;

/// <content>The members that say how a message is signed and its payload sealed.</content>
internal sealed partial class EnvelopeFields
{
    private void ReadSignature(ref Utf8JsonReader reader)
    {
        if (ReadTexts(ref reader, "signature", "keyId", "algorithm", "value") is [{ } keyId, { } algorithm, { } value])
        {
            _extras = (_extras ?? new()) with { Signature = new MessageSignature(keyId, algorithm, value) };
        }
    }

    private void ReadEncryption(ref Utf8JsonReader reader)
    {
        if (ReadTexts(ref reader, "encryption", "keyId", "algorithm") is [{ } keyId, { } algorithm])
        {
            _extras = (_extras ?? new()) with { Encryption = new PayloadEncryption(keyId, algorithm) };
        }
    }

    /// <summary>The members of an object of short texts, all of which it must have; what is wrong is reported. Others are passed over.</summary>
    private string?[]? ReadTexts(ref Utf8JsonReader reader, string field, params ReadOnlySpan<string> names)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Report("/" + field, RefusalCodes.WrongKind, $"The field is an object with the members {string.Join(", ", names)}.");
            reader.Skip();
            return null;
        }

        var values = new string?[names.Length];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var at = 0;
            while (at < names.Length && !reader.ValueTextEquals(names[at]))
            {
                at++;
            }

            reader.Read();
            if (at == names.Length)
            {
                reader.Skip();
            }
            else if (values[at] is not null)
            {
                Report($"/{field}/{names[at]}", RefusalCodes.DuplicateField, "The field stands twice.");
                reader.Skip();
            }
            else
            {
                values[at] = ReadText(ref reader, $"/{field}/{names[at]}") is { } text ? Short($"{field}/{names[at]}", text) : "";
            }
        }

        for (var i = 0; i < names.Length; i++)
        {
            if (string.IsNullOrEmpty(values[i]))
            {
                Report($"/{field}/{names[i]}", RefusalCodes.MissingField, $"The field '{field}' has no '{names[i]}'.");
            }
        }

        return values;
    }
}
