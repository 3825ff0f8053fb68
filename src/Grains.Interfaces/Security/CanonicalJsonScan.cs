using System.Numerics;
using System.Runtime.CompilerServices;

namespace OrleansAgents.Security;

/// <summary>
/// Goes once over a JSON text and stops where it is not canonical. Whether the bytes are UTF-8 is not its question. Each
/// part takes the place where it begins and gives the place behind it, or -1, which is no place for the next.
/// </summary>
internal static class CanonicalJsonScan
{
    public const int Fault = -1;

    public static bool Run(ReadOnlySpan<byte> json)
    {
        // Room is made out here: the compiler gives a method that makes some on its stack no profile.
        Span<long> names = stackalloc long[CanonicalJson.MaxDepth];
        return Run(json, names);
    }

    /// <param name="json">The text.</param>
    /// <param name="names">Room for each level's last name, as <see cref="IsBefore"/> takes it, while a deeper one is looked at.</param>
    private static bool Run(ReadOnlySpan<byte> json, Span<long> names)
    {
        int at = 0, depth = 0, from = 0;
        var last = 0L;
        // A bit for each level, the deepest one last: whether it is an object.
        var objects = 0UL;
        var marks = CanonicalJsonMarks.Find(json, 0);
        while (true)
        {
            if ((objects & 1) != 0 && (at = Name(json, at, ref last, ref marks, ref from)) < 0)
            {
                return false;
            }

            var c = At(json, at);
            if (c == '"')
            {
                at = Text(json, at, ref marks, ref from);
            }
            else if (c is not ((byte)'{' or (byte)'['))
            {
                at = CanonicalJsonScalars.Scan(json, at, c);
            }
            else if ((uint)depth >= (uint)names.Length)
            {
                return false;
            }
            else if (At(json, at + 1) == c + 2)
            {
                at += 2;
            }
            else
            {
                names[depth++] = last;
                last = 0;
                objects = (objects << 1) | (c == '{' ? 1UL : 0);
                at++;
                continue;
            }

            // Behind a value: closes what ends there, up to the next one.
            while (depth > 0 && (c = At(json, at++)) != ',')
            {
                if (c != ((objects & 1) == 0 ? ']' : '}'))
                {
                    return false;
                }

                objects >>= 1;
                last = names[--depth];
            }

            if (depth == 0)
            {
                return at == json.Length;
            }
        }
    }

    /// <summary>The byte that stands there; 0, which canonical JSON does not hold, where none does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte At(ReadOnlySpan<byte> json, int at) => (uint)at < (uint)json.Length ? json[at] : (byte)0;

    /// <summary>A member's name, up to its value. <paramref name="last"/> becomes where it begins and ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Name(ReadOnlySpan<byte> json, int at, ref long last, ref ulong marks, ref int from)
    {
        var colon = At(json, at) == '"' ? Text(json, at, ref marks, ref from) : Fault;
        if (At(json, colon) != ':' || !IsBefore(json, last, at + 1, colon - 1))
        {
            return Fault;
        }

        last = ((long)(at + 1) << 32) | (uint)(colon - 1);
        return colon + 1;
    }

    /// <summary>Whether a member's name comes behind that of the one before.</summary>
    /// <param name="json">The text.</param>
    /// <param name="last">Where the one before began, and in the lower half where it ended; 0, where no name is, for none.</param>
    /// <param name="start">Where the name begins.</param>
    /// <param name="end">Where it ends.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsBefore(ReadOnlySpan<byte> json, long last, int start, int end)
    {
        if (last == 0)
        {
            return true;
        }

        var lastStart = (int)(last >> 32);
        byte left = json[lastStart], right = json[start];
        // Most names differ in their first letters, which here are neither escapes nor beyond ASCII.
        return (left < right && left > '\\' && right < 0x80)
            || CanonicalJsonNames.IsBefore(json[lastStart..(int)last], json[start..end]);
    }

    /// <param name="json">The text.</param>
    /// <param name="at">Where the quotation mark stands.</param>
    /// <param name="marks">The marks from <paramref name="from"/> on that are still ahead: the one at <paramref name="at"/>, and those behind.</param>
    /// <param name="from">Where the first of 64 marks is.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Text(ReadOnlySpan<byte> json, int at, ref ulong marks, ref int from)
    {
        if (marks == 0)
        {
            marks = CanonicalJsonMarks.Find(json, from = at);
        }

        for (marks &= marks - 1; marks == 0; marks = CanonicalJsonMarks.Find(json, from))
        {
            from += CanonicalJsonMarks.Width;
            if (from >= json.Length)
            {
                return Fault;
            }
        }

        var end = from + BitOperations.TrailingZeroCount(marks);
        marks &= marks - 1;
        if (At(json, end) == '"')
        {
            return end + 1;
        }

        // The marks of what is escaped are none, so they are sought anew behind it.
        marks = 0;
        return EscapedText(json, end);
    }

    /// <summary>The rest of a text, from its first backslash on, or from what may not stand in it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int EscapedText(ReadOnlySpan<byte> json, int at)
    {
        while (At(json, at) == '\\')
        {
            at = Escape(json, at + 1);
            if (at < 0 || At(json, at) == '\\')
            {
                continue;
            }

            var marks = 0UL;
            while (at < json.Length && (marks = CanonicalJsonMarks.Find(json, at)) == 0)
            {
                at += CanonicalJsonMarks.Width;
            }

            at += BitOperations.TrailingZeroCount(marks);
            if (At(json, at) == '"')
            {
                return at + 1;
            }
        }

        return Fault;
    }

    private static int Escape(ReadOnlySpan<byte> json, int at)
    {
        var c = At(json, at++);
        if (c is (byte)'"' or (byte)'\\' or (byte)'b' or (byte)'t' or (byte)'n' or (byte)'f' or (byte)'r')
        {
            return at;
        }

        if (c != 'u' || json.Length - at < 4 || !json.Slice(at, 2).SequenceEqual("00"u8))
        {
            return Fault;
        }

        byte high = json[at + 2], low = json[at + 3];
        // The controls that have an escape of their own are written with it.
        return high is (byte)'0' or (byte)'1' && low is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f')
            && !(high == '0' && low is (byte)'8' or (byte)'9' or (byte)'a' or (byte)'c' or (byte)'d')
            ? at + 4
            : Fault;
    }
}
