using System.Buffers;
using System.Globalization;
using System.Text;

namespace OrleansAgents.Audit;

/// <summary>
/// Writes an object of texts and whole numbers in the canonical form of RFC 8785: no white space, and in texts only what
/// JSON demands is escaped. The members are given in ordinal order.
/// </summary>
internal sealed class CanonicalMembers(IBufferWriter<byte> output)
{
    private bool _begun;

    /// <summary>Adds a text; nothing where it is null.</summary>
    public void Add(string name, string? value)
    {
        if (value is not null)
        {
            Begin(name);
            Text(value);
        }
    }

    /// <summary>Adds a number; nothing where it is null.</summary>
    public void Add(string name, long? value)
    {
        if (value is { } number)
        {
            Begin(name);
            output.Write(Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
        }
    }

    public void End() => output.Write(_begun ? "}"u8 : "{}"u8);

    private void Begin(string name)
    {
        output.Write(_begun ? ","u8 : "{"u8);
        _begun = true;
        Text(name);
        output.Write(":"u8);
    }

    private void Text(string value)
    {
        var text = new StringBuilder(value.Length + 2).Append('"');
        foreach (var one in value)
        {
            _ = one switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\t' => text.Append("\\t"),
                '\n' => text.Append("\\n"),
                '\f' => text.Append("\\f"),
                '\r' => text.Append("\\r"),
                < ' ' => text.Append("\\u").Append(((int)one).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(one),
            };
        }

        output.Write(Encoding.UTF8.GetBytes(text.Append('"').ToString()));
    }
}
