using System.Buffers;
using System.Text.Unicode;

namespace OrleansAgents.Security;

/// <summary>
/// JSON in the one form that a value has (RFC 8785): no white space, members in the order of their names' UTF-16 units,
/// as few escapes as may be, numbers as ECMAScript prints doubles. What is signed is signed in this form.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>The deepest nesting: as deep as a payload may be.</summary>
    public const int MaxDepth = 64;

    /// <summary>What a text may not hold as it is.</summary>
    internal static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    /// <summary>Whether <see cref="Write"/> would give back the same bytes. Takes no memory and never throws.</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> json)
    {
        Span<int> starts = stackalloc int[MaxDepth];
        Span<int> ends = stackalloc int[MaxDepth];
        starts.Clear();
        return new CanonicalJsonScan(json, starts, ends).Run() && Utf8.IsValid(json);
    }

    /// <summary>Writes any JSON text in its canonical form. The value stays what it is: one that cannot is refused.</summary>
    /// <exception cref="CanonicalJsonException">
    /// The text is no JSON or no UTF-8, nests too deep, has a member twice or half of a surrogate pair, or a number that a
    /// double does not hold.
    /// </exception>
    public static void Write(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        if (IsCanonical(json))
        {
            output.Write(json);
            return;
        }

        using var writer = new CanonicalJsonWriter(json.Length);
        output.Write(writer.Write(json));
    }
}
