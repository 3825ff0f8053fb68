using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrleansAgents.Security;

/// <summary>
/// Finds the bytes of a JSON text that end or break a text, many at once: quotation marks, backslashes and controls. In
/// canonical JSON none of them stands outside of a text but the mark that begins one.
/// </summary>
internal static class CanonicalJsonMarks
{
    /// <summary>How many bytes are looked at, each of which is a bit of what was found, the first one the lowest.</summary>
    public const int Width = 64;

    /// <param name="json">The text.</param>
    /// <param name="at">Where to begin, within the text. What would be behind its end is no mark.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong Find(ReadOnlySpan<byte> json, int at)
    {
        var left = json.Length - at;
        return left >= Width ? Find(json.Slice(at, Width))
            : json.Length >= Width ? Find(json[^Width..]) >> (Width - left)
            : FindInShort(json[at..]);
    }

    private static ulong FindInShort(ReadOnlySpan<byte> json)
    {
        Span<byte> padded = stackalloc byte[Width];
        padded.Fill((byte)' ');
        json.CopyTo(padded);
        return Find(padded);
    }

    private static ulong Find(ReadOnlySpan<byte> bytes) =>
        Find(Vector256.Create(bytes)) | ((ulong)Find(Vector256.Create(bytes[Vector256<byte>.Count..])) << Vector256<byte>.Count);

    private static uint Find(Vector256<byte> bytes) =>
        (Vector256.Equals(bytes, Vector256.Create((byte)'"'))
            | Vector256.Equals(bytes, Vector256.Create((byte)'\\'))
            | Vector256.Equals(bytes & Vector256.Create((byte)0xE0), Vector256<byte>.Zero)).ExtractMostSignificantBits();
}
