using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using OrleansAgents.Messaging;

namespace OrleansAgents.Security;

/// <summary>Brings one JSON text into canonical form: each value is written as it is met, and an object's members are put in order at its end.</summary>
internal sealed class CanonicalJsonWriter(int expectedLength) : IDisposable
{
    private readonly List<Member> _members = [];
    private readonly List<Step> _path = [];
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(expectedLength, 64));
    private int _length;

    /// <summary>What was written is good until this is disposed of.</summary>
    public ReadOnlySpan<byte> Write(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            throw new CanonicalJsonException(RefusalCodes.InvalidUtf8, "The text is no valid UTF-8.", "");
        }

        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = CanonicalJson.MaxDepth });
            reader.Read();
            Value(ref reader);
            // Whatever follows but white space makes the reader throw.
            reader.Read();
            return _bytes.AsSpan(0, _length);
        }
        catch (JsonException e)
        {
            throw e.Message.Contains("maximum configured depth", StringComparison.Ordinal)
                ? Fault(RefusalCodes.TooDeep, $"The text nests deeper than {CanonicalJson.MaxDepth} levels.")
                : Fault(RefusalCodes.MalformedJson, $"The text is no JSON, at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
    }

    public void Dispose()
    {
        // A payload may be a secret, and the next renter is somebody else.
        ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);
        _bytes = [];
    }

    private void Value(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                Object(ref reader);
                break;
            case JsonTokenType.StartArray:
                Array(ref reader);
                break;
            case JsonTokenType.String:
                Text(ref reader);
                break;
            case JsonTokenType.Number:
                Number(reader.ValueSpan);
                break;
            default:
                Append(reader.ValueSpan);
                break;
        }
    }

    private void Array(ref Utf8JsonReader reader)
    {
        Append("["u8);
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (i > 0)
            {
                Append(","u8);
            }

            _path.Add(new Step(i, -1, i));
            Value(ref reader);
            _path.RemoveAt(_path.Count - 1);
        }

        Append("]"u8);
    }

    private void Object(ref Utf8JsonReader reader)
    {
        Append("{"u8);
        var first = _members.Count;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (_members.Count > first)
            {
                Append(","u8);
            }

            var start = _length;
            Text(ref reader);
            var name = _length - start;
            Append(":"u8);
            _path.Add(new Step(start, name, _members.Count - first + 1));
            reader.Read();
            Value(ref reader);
            _path.RemoveAt(_path.Count - 1);
            _members.Add(new Member(start, name, _length - start, _members.Count - first + 1));
        }

        Order(CollectionsMarshal.AsSpan(_members)[first..]);
        _members.RemoveRange(first, _members.Count - first);
        Append("}"u8);
    }

    private void Order(Span<Member> members)
    {
        var isOrdered = true;
        for (var i = 1; i < members.Length && isOrdered; i++)
        {
            isOrdered = CanonicalJsonNames.Compare(Name(members[i - 1]), Name(members[i])) < 0;
        }

        if (isOrdered)
        {
            return;
        }

        var (start, length) = (members[0].Start, _length - members[0].Start);
        members.Sort((left, right) => CanonicalJsonNames.Compare(Name(left), Name(right)));
        for (var i = 1; i < members.Length; i++)
        {
            if (Name(members[i - 1]).SequenceEqual(Name(members[i])))
            {
                _path.Add(new Step(members[i].Start, members[i].NameLength, members[i].Place));
                throw Fault(RefusalCodes.DuplicateField, "The member stands twice.");
            }
        }

        var unordered = ArrayPool<byte>.Shared.Rent(length);
        _bytes.AsSpan(start, length).CopyTo(unordered);
        _length = start;
        foreach (ref var member in members)
        {
            if (_length > start)
            {
                Append(","u8);
            }

            Append(unordered.AsSpan(member.Start - start, member.Length));
        }

        ArrayPool<byte>.Shared.Return(unordered, clearArray: true);
    }

    // Without the quotation marks.
    private ReadOnlySpan<byte> Name(Member member) => _bytes.AsSpan(member.Start + 1, member.NameLength - 2);

    private void Text(ref Utf8JsonReader reader)
    {
        Append("\""u8);
        if (!reader.ValueIsEscaped)
        {
            Append(reader.ValueSpan);
        }
        else
        {
            var plain = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
            try
            {
                Escape(plain.AsSpan(0, reader.CopyString(plain)));
            }
            catch (InvalidOperationException)
            {
                throw Fault(RefusalCodes.MalformedJson, "A text has half of a surrogate pair.");
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(plain, clearArray: true);
            }
        }

        Append("\""u8);
    }

    private void Escape(ReadOnlySpan<byte> text)
    {
        for (int at; (at = text.IndexOfAny(CanonicalJson.Escaped)) >= 0; text = text[(at + 1)..])
        {
            Append(text[..at]);
            var c = text[at];
            var known = "\"\\\b\t\n\f\r"u8.IndexOf(c);
            Append(known >= 0
                ? [(byte)'\\', "\"\\btnfr"u8[known]]
                : [.. "\\u00"u8, "01"u8[c >> 4], "0123456789abcdef"u8[c & 15]]);
        }

        Append(text);
    }

    private void Number(ReadOnlySpan<byte> number)
    {
        Span<byte> printed = stackalloc byte[CanonicalJsonNumber.MaxLength];
        if (!CanonicalJsonNumber.TryPrint(number, printed, out var length))
        {
            throw Fault(RefusalCodes.BadNumber, "A double does not hold the number; send it as a text.");
        }

        Append(printed[..length]);
    }

    private void Append(scoped ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _length < bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + bytes.Length));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);
            _bytes = larger;
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private CanonicalJsonException Fault(string code, string message)
    {
        var (pointer, places) = (new StringBuilder(), new StringBuilder());
        foreach (var step in _path)
        {
            var place = step.NameLength < 0 ? step.At.ToString(System.Globalization.CultureInfo.InvariantCulture) : ContractNames.Place(step.Place);
            places.Append('/').Append(place);
            pointer.Append('/').Append(step.NameLength < 0
                ? place
                : FieldReader.Escape(JsonSerializer.Deserialize<string>(_bytes.AsSpan(step.At, step.NameLength))!));
        }

        return new CanonicalJsonException(code, message, pointer.ToString(), places.ToString());
    }

    /// <summary>A member as it stands in the bytes, its name first, and its place in its object from 1 on.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Member(int Start, int NameLength, int Length, int Place);

    /// <summary>The index in an array, or where the name of a member stands.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Step(int At, int NameLength, int Place);
}
