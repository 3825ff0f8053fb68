using System.Collections.Concurrent;
using OrleansAgents.Messaging;
using Xunit;

namespace OrleansAgents.Tests.Messaging;

public sealed class MessageIdTests
{
    private const string Text = "0190b2c4-7a3e-8000-8abc-0123456789ab";

    [Fact]
    public void New_OnManyThreads_NeverRepeats()
    {
        const int threads = 8, each = 50_000;
        var made = new ConcurrentBag<MessageId[]>();

        Parallel.For(0, threads, _ =>
        {
            var ids = new MessageId[each];
            for (var i = 0; i < each; i++)
            {
                ids[i] = MessageId.New();
            }

            made.Add(ids);
        });

        Assert.Equal(threads * each, made.SelectMany(ids => ids).Distinct().Count());
    }

    [Fact]
    public void New_Always_IsVersion8OfTheRfcVariant()
    {
        for (var i = 0; i < 10_000; i++)
        {
            var id = MessageId.New();
            Assert.Equal(8, id.Value.Version);
            Assert.InRange(id.Value.Variant, 0x8, 0xB);
        }
    }

    [Fact]
    public void New_Always_StartsWithTheTime()
    {
        var bytes = MessageId.New().Value.ToByteArray(bigEndian: true);
        var milliseconds = bytes[..6].Aggregate(0L, (sum, b) => (sum << 8) | b);

        Assert.InRange(Math.Abs(milliseconds - TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()), 0, 60_000);
    }

    [Theory]
    [InlineData(Text)]
    [InlineData("0190B2C4-7A3E-8000-8ABC-0123456789AB")]
    public void TryParse_OfTheTextForm_ReadsIt(string text)
    {
        Assert.True(MessageId.TryParse(text, out var id));
        Assert.Equal(Text, id.ToString());
        Assert.False(id.IsDefault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData(" " + Text)]
    [InlineData(Text + "\n")]
    [InlineData("{" + Text + "}")]
    [InlineData("0190b2c47a3e80008abc0123456789ab")]
    [InlineData("+190b2c4-7a3e-8000-8abc-0123456789ab")]
    [InlineData("0x90b2c4-7a3e-8000-8abc-0123456789ab")]
    [InlineData("0190b2c4-7a3e-8000-8abc-0123456789ag")]
    [InlineData("0190b2c47-a3e-8000-8abc-0123456789ab")]
    public void TryParse_OfAnythingElse_Refuses(string text)
    {
        Assert.False(MessageId.TryParse(text, out var id));
        Assert.True(id.IsDefault);
    }

    [Fact]
    public void CompareTo_OfTwoIds_FollowsTheirText()
    {
        Assert.True(MessageId.TryParse(Text, out var low));
        Assert.True(MessageId.TryParse("f190b2c4-7a3e-8000-8abc-0123456789ab", out var high));

        Assert.True(low < high && high > low && low <= high && high >= low);
        Assert.Equal(0, low.CompareTo(new MessageId(low.Value)));
    }
}
