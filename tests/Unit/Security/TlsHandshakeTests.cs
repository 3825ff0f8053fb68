using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansAgents.Security;
using Xunit;

namespace OrleansAgents.Tests.Security;

/// <summary>Both sides of a connection, in memory.</summary>
public sealed class TlsHandshakeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _other = new("other");
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly FakeLogger<HandshakeLog> _log = new();
    private readonly List<IDisposable> _opened = [];

    [Fact]
    public async Task Sides_OfOneAuthority_SpeakAndNothingIsReadableBetween()
    {
        var (heard, wire, fault) = await MeetAsync(Side(_authority.Issue("silo")), Side(_authority.Issue("client")));
        Assert.Null(fault);
        Assert.Equal("marker-of-the-test", heard);
        Assert.DoesNotContain("marker", wire, StringComparison.Ordinal);
        Assert.Empty(_log.Collector.GetSnapshot());
    }

    [Fact]
    public async Task Client_OfAnotherAuthority_IsRefusedAndLearnsIt()
    {
        var client = _other.Issue("client") with { Authority = _authority.File };
        var (heard, _, fault) = await MeetAsync(Side(_authority.Issue("silo")), Side(client));
        Assert.Null(heard);
        Assert.Contains("does not take this side's certificate", fault, StringComparison.Ordinal);
        Assert.Contains(_log.Collector.GetSnapshot(), r => r.Message.Contains("'CN=client', does not come from an authority", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_OfAnotherAuthority_IsRefusedByTheClient()
    {
        var silo = _other.Issue("silo") with { Authority = _authority.File };
        var (heard, _, fault) = await MeetAsync(Side(silo), Side(_authority.Issue("client")));
        Assert.Null(heard);
        Assert.Contains("'CN=silo', does not come from an authority of TlsOptions.AuthorityFile", fault, StringComparison.Ordinal);
        Assert.Contains(_log.Collector.GetSnapshot(), r => r.Message.Contains("does not take this side's certificate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Certificate_ThatExpiresWhileTheProcessRuns_IsRefused()
    {
        var silo = Side(_authority.Issue("silo"));
        var client = Side(_authority.Issue("client", until: _time.GetUtcNow().AddHours(1)));
        Assert.Null((await MeetAsync(silo, client)).Fault);
        _time.Advance(TimeSpan.FromHours(2));
        Assert.NotNull((await MeetAsync(silo, client)).Fault);
        Assert.Contains(_log.Collector.GetSnapshot(), r => r.Message.Contains("is not valid now", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("client.test", true)]
    [InlineData("CLIENT.test", true)]
    [InlineData("urn:agents:client", true)]
    [InlineData("other.test", false)]
    public async Task Names_OfTheOtherSide_AreThoseOfItsCertificate(string name, bool welcome)
    {
        var silo = Side(_authority.Issue("silo"), o => o.Names.Add(name));
        var (heard, _, _) = await MeetAsync(silo, Side(_authority.Issue("client", uri: "urn:agents:client")));
        Assert.Equal(welcome, heard is not null);
        Assert.Equal(welcome, _log.Collector.GetSnapshot().All(r => !r.Message.Contains("none of the names", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Caller_WithoutTls_IsClosedAndToldOfOnceAMinute()
    {
        var silo = Side(_authority.Issue("silo"));
        for (var i = 0; i < 5; i++)
        {
            await SpeakPlainAsync(silo, "a message without encryption");
        }

        Assert.Contains("127.0.0.1: it speaks no TLS", Assert.Single(_log.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromMinutes(2));
        await SpeakPlainAsync(silo, "again");
        Assert.Contains("(4 more failed", _log.LatestRecord.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_ThatLeavesAtOnce_IsNotWorthAWord()
    {
        await SpeakPlainAsync(Side(_authority.Issue("silo")), "");
        Assert.Empty(_log.Collector.GetSnapshot());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Caller_ThatStaysSilent_IsClosedAfterTenSeconds(bool begun)
    {
        var (near, far) = Connect();
        var accepted = Run(Side(_authority.Issue("silo")).Accept, near, static _ => Task.CompletedTask);
        if (begun)
        {
            // The head of a record that never comes.
            await far.Transport.Output.WriteAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00 }, TestContext.Current.CancellationToken);
        }

        // Armed when it reads, which may be a moment away; the clock is moved until it has ended.
        while (!accepted.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        await accepted;
        Assert.Contains("within 10 s", Assert.Single(_log.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _opened.ForEach(opened => opened.Dispose());
        _authority.Dispose();
        _other.Dispose();
    }

    private TlsHandshake Side(TestCertificate certificate, Action<TlsOptions>? change = null)
    {
        var options = TlsOptionsValidationTests.Options(certificate);
        change?.Invoke(options);
        var certificates = new TlsCertificates(Options.Create(options), _time, NullLogger<TlsCertificates>.Instance);
        _opened.Add(certificates);
        return new TlsHandshake(certificates, new HandshakeLog(_time, _log), _time);
    }

    /// <summary>What the server heard, what went over the wire, and why the client was not served.</summary>
    private static async Task<(string? Heard, string Wire, string? Fault)> MeetAsync(TlsHandshake server, TlsHandshake client)
    {
        var (near, far) = Connect();
        var wire = new MemoryStream();
        far.Transport = new RecordedPipe(far.Transport, wire);
        string? heard = null;
        var accepted = Run(server.Accept, near, async connection =>
        {
            var read = await connection.Transport.Input.ReadAsync(TestContext.Current.CancellationToken);
            heard = Encoding.UTF8.GetString(read.Buffer.FirstSpan);
        });
        string? fault = null;
        try
        {
            await Run(client.Connect, far, async connection =>
            {
                await connection.Transport.Output.WriteAsync("marker-of-the-test"u8.ToArray(), TestContext.Current.CancellationToken);
            }).WaitAsync(Patience, TimeProvider.System);
        }
        catch (ConnectionAbortedException e)
        {
            fault = e.Message;
        }

        await far.Transport.Output.CompleteAsync();
        await accepted.WaitAsync(Patience, TimeProvider.System);
        return (heard, Encoding.Latin1.GetString(wire.ToArray()), fault);
    }

    private static async Task SpeakPlainAsync(TlsHandshake server, string text)
    {
        var (near, far) = Connect();
        var accepted = Run(server.Accept, near, _ => throw new InvalidOperationException("It was let in."));
        await far.Transport.Output.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
        await far.Transport.Output.CompleteAsync();
        await accepted.WaitAsync(Patience, TimeProvider.System);
    }

    /// <summary>Closes the connection when its middleware ends, as Orleans does.</summary>
    private static async Task Run(Func<ConnectionDelegate, ConnectionDelegate> middleware, ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            await Task.Run(() => middleware(next)(connection), CancellationToken.None);
        }
        finally
        {
            await connection.Transport.Output.CompleteAsync();
        }
    }

    private static (DefaultConnectionContext Near, DefaultConnectionContext Far) Connect()
    {
        var (there, back) = (new Pipe(), new Pipe());
        return (Make(new Duplex(there.Reader, back.Writer)), Make(new Duplex(back.Reader, there.Writer)));
    }

    private static DefaultConnectionContext Make(IDuplexPipe pipe) => new() { Transport = pipe, RemoteEndPoint = new IPEndPoint(IPAddress.Loopback, 1234) };

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    /// <summary>Keeps a copy of what is written.</summary>
    private sealed class RecordedPipe(IDuplexPipe inner, MemoryStream copy) : PipeWriter, IDuplexPipe
    {
        public PipeReader Input => inner.Input;

        public PipeWriter Output => this;

        private Memory<byte> _handed;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _handed = inner.Output.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes)
        {
            copy.Write(_handed.Span[..bytes]);
            inner.Output.Advance(bytes);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.Output.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.Output.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Output.Complete(exception);
    }
}
