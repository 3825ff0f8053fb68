using System.Buffers;
using System.Text;
using System.Text.Json;
using OrleansAgents.Messaging;
using OrleansAgents.Security;

namespace OrleansAgents.Blackboard;

/// <summary>
/// A JSON value that never changes. A changed one shares with it what is the same, so that a copy costs nothing, a change
/// costs the way to its place, and how large a value is need not be counted again.
/// </summary>
internal abstract class JsonTree
{
    /// <summary>The length of its canonical form, in bytes.</summary>
    public abstract long Size { get; }

    /// <summary>How deep it nests: 0 for what is no object and no array.</summary>
    public abstract int Height { get; }

    /// <summary>The value one step below; null where there is none.</summary>
    public virtual JsonTree? Find(string step) => null;

    /// <summary>The same value with another one below a step that leads to one.</summary>
    public virtual JsonTree Replace(string step, JsonTree value) => throw new InvalidOperationException("There is nothing below.");

    /// <summary>Equal by value, whatever the order of members and the way numbers are written.</summary>
    public abstract bool HasValueOf(JsonTree other);

    public abstract void WriteTo(IBufferWriter<byte> output);

    /// <summary>The value as an element, in canonical form.</summary>
    public JsonElement ToElement() => JsonElement.Parse(ToBytes().Span);

    public ReadOnlyMemory<byte> ToBytes()
    {
        var output = new ArrayBufferWriter<byte>((int)Math.Min(Size, 1 << 20));
        WriteTo(output);
        return output.WrittenMemory;
    }

    /// <summary>A text in its canonical form, with its quotation marks.</summary>
    /// <exception cref="CanonicalJsonException">It has half of a surrogate pair.</exception>
    protected internal static byte[] Quote(string text)
    {
        var rented = ArrayPool<byte>.Shared.Rent((text.Length * 6) + 2);
        try
        {
            rented[0] = (byte)'"';
            var length = CanonicalText.WriteEscaped(text, rented.AsSpan(1));
            rented[length + 1] = (byte)'"';
            return rented.AsSpan(0, length + 2).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}

/// <summary>A text, a number, a truth value or null.</summary>
internal sealed class JsonLeaf : JsonTree
{
    private readonly byte[] _text;

    private JsonLeaf(byte[] text) => _text = text;

    public static JsonLeaf Null { get; } = new("null"u8.ToArray());

    public static JsonLeaf True { get; } = new("true"u8.ToArray());

    public static JsonLeaf False { get; } = new("false"u8.ToArray());

    public override long Size => _text.Length;

    public override int Height => 0;

    private bool IsNumber => _text[0] is (byte)'-' or (>= (byte)'0' and <= (byte)'9');

    /// <exception cref="CanonicalJsonException">It has half of a surrogate pair.</exception>
    public static JsonLeaf Text(string text) => new(Quote(text));

    /// <summary>A number in its canonical form, or as it is written where it has none.</summary>
    public static JsonLeaf Number(ReadOnlySpan<byte> number, out bool isCanonical)
    {
        Span<byte> canonical = stackalloc byte[CanonicalJsonNumber.MaxLength];
        isCanonical = CanonicalJsonNumber.TryPrint(number, canonical, out var length);
        return new JsonLeaf(isCanonical ? canonical[..length].ToArray() : number.ToArray());
    }

    public override bool HasValueOf(JsonTree other) => other is JsonLeaf leaf
        && (_text.AsSpan().SequenceEqual(leaf._text) || (IsNumber && leaf.IsNumber && JsonNumber.AreEqual(_text, leaf._text)));

    public override void WriteTo(IBufferWriter<byte> output) => output.Write(_text);

    public override string ToString() => Encoding.UTF8.GetString(_text);
}
