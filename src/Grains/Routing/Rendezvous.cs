using System.Text;

namespace OrleansAgents.Routing;

/// <summary>
/// Rendezvous hashing (Thaler and Ravishankar, "A Name-Based Mapping Scheme for Rendezvous", 1996): each recipient has a
/// weight for a value, and the greatest wins. The same in every process and version: stored choices depend on it.
/// </summary>
internal static class Rendezvous
{
    /// <summary>FNV-1a in 64 bits (Fowler, Noll and Vo) over the UTF-8 bytes.</summary>
    public static ulong Hash(string text)
    {
        var hash = 0xCBF2_9CE4_8422_2325ul;
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            foreach (var one in bytes[..rune.EncodeToUtf8(bytes)])
            {
                hash = (hash ^ one) * 0x0000_0100_0000_01B3ul;
            }
        }

        return hash;
    }

    /// <summary>The weight of a recipient for a value, each by its hash. The steps are those of SplitMix64 (Steele, Lea and Flood, 2014), which spread every bit.</summary>
    public static ulong Weigh(ulong value, ulong recipient)
    {
        var mixed = value ^ (recipient * 0x9E37_79B9_7F4A_7C15ul);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9ul;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EBul;
        return mixed ^ (mixed >> 31);
    }
}
