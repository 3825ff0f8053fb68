using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using OrleansAgents.Security;

namespace OrleansAgents.Negotiation;

/// <summary>
/// Whether JSON that others wrote can be kept and sent on: it stands in the state and in messages of the negotiation, and
/// what could not be written there would hold the negotiation up.
/// </summary>
internal static class OfferCheck
{
    public const int MaxBytes = 64 * 1024, MaxTaskBytes = 128 * 1024, MaxDepth = 32;

    /// <summary>What is wrong with an offer, as a sentence; null when all is well.</summary>
    public static string? FindFault(JsonElement offer, int maxBytes = MaxBytes) =>
        offer.ValueKind != JsonValueKind.Object ? "It is no JSON object." : FindFaultInValue(offer, maxBytes);

    /// <summary>The same, where it need not be an object.</summary>
    public static string? FindFaultInValue(JsonElement value, int maxBytes = MaxBytes)
    {
        var json = JsonMarshal.GetRawUtf8Value(value);
        if (json.Length > maxBytes)
        {
            return $"It holds {json.Length} bytes; {maxBytes} is the limit.";
        }

        try
        {
            CanonicalJson.Write(json, new ArrayBufferWriter<byte>(json.Length + 1));
        }
        catch (CanonicalJsonException e)
        {
            return e.Message;
        }

        return Depth(value) > MaxDepth ? $"It nests deeper than {MaxDepth} levels." : null;
    }

    // The canonical form has its own limit, so this cannot run deep.
    private static int Depth(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => 1 + value.EnumerateObject().Select(m => Depth(m.Value)).DefaultIfEmpty().Max(),
        JsonValueKind.Array => 1 + value.EnumerateArray().Select(Depth).DefaultIfEmpty().Max(),
        _ => 0,
    };
}
