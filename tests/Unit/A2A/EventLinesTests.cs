using System.Text;
using OrleansAgents.A2A;
using Xunit;

namespace OrleansAgents.Tests.A2A;

public sealed class EventLinesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("data: a\n\ndata:b\n\n", "a|b")]
    [InlineData("\uFEFFdata: a\r\n\r\ndata: b\r\rdata: c\n\r\n", "a|b|c")]
    [InlineData(":comment\nevent: x\nid: 7\nretry: 5\ndata: a\n: more\ndata: b\n\n", "a\nb")]
    [InlineData("data\n\n\n\ndata:  two blanks\n\n", "| two blanks")]
    [InlineData("datum: a\n\ndata: cut", "")]
    [InlineData("data: a\n\ndata: without an end\n", "a")]
    public async Task Read_OfAStream_GivesTheDataOfItsEvents(string stream, string events)
    {
        for (var piece = 1; piece < 9; piece++)
        {
            var lines = new EventLines(new Pieces(Encoding.UTF8.GetBytes(stream), piece), 1000);
            var read = new List<string>();
            while (await lines.NextAsync(static () => { }, Token) is { } data)
            {
                read.Add(Encoding.UTF8.GetString(data));
            }

            Assert.Equal(events, string.Join('|', read));
            Assert.False(lines.IsTooLarge);
        }
    }

    [Theory]
    [InlineData("data: 0123456789\n\n", 5)]
    [InlineData("data: 01\ndata: 23\ndata: 45\n\n", 15)]
    [InlineData(":012345678901234567890123456789", 15)]
    public async Task Read_OfTooMuch_EndsAndSaysSo(string stream, int most)
    {
        var lines = new EventLines(new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(stream, 4)))), most);
        while (await lines.NextAsync(static () => { }, Token) is not null)
        {
        }

        Assert.True(lines.IsTooLarge);
    }

    [Fact]
    public async Task Read_OfComments_CountsThemAsLifeAndNotAsContent()
    {
        var (lines, alive) = (new EventLines(new Pieces(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(":\n\n", 1000)) + "data: x\n\n"), 30), 10), 0);
        Assert.Equal("x"u8.ToArray(), await lines.NextAsync(() => alive++, Token));
        Assert.InRange(alive, 100, 200);
    }

    /// <summary>Comes in pieces of one size.</summary>
    private sealed class Pieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
