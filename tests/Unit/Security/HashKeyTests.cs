using System.Security.Cryptography;
using OrleansAgents.Security;
using Xunit;

namespace OrleansAgents.Tests.Security;

public sealed class HashKeyTests
{
    [Fact]
    public void AreSame_OfHashesThatDifferInOneBit_IsFalseWhicheverItIs()
    {
        var one = RandomNumberGenerator.GetBytes(HashKey.HashBytes);
        var other = one.ToArray();
        Assert.True(HashKey.AreSame(one, other));
        for (var bit = 0; bit < HashKey.HashBytes * 8; bit++)
        {
            other[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(HashKey.AreSame(one, other), $"Bit {bit} is not looked at.");
            other[bit / 8] = one[bit / 8];
        }
    }

    [Fact]
    public void AreSame_OfBytesThatAreNoHash_AreNotCompared()
    {
        var hash = new byte[HashKey.HashBytes];
        Assert.ThrowsAny<ArgumentException>(() => HashKey.AreSame(hash, hash.AsSpan(1)));
        Assert.ThrowsAny<ArgumentException>(() => HashKey.AreSame([], hash));
    }

    [Fact]
    public void Compute_ByManyThreadsAtOnce_IsTheHmacOfEach()
    {
        var secret = "0123456789abcdef0123456789abcdef"u8.ToArray();
        var key = new HashKey(new SigningKey { Id = "k", Identity = "*", Secret = "0123456789abcdef0123456789abcdef" });
        Parallel.For(0, 1_000, i =>
        {
            var data = BitConverter.GetBytes(i);
            var hash = new byte[HashKey.HashBytes];
            key.Compute(data, hash);
            Assert.Equal(HMACSHA256.HashData(secret, data), hash);
        });
    }
}
