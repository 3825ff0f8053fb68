using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansAgents.Configuration;
using OrleansAgents.Hosting;
using OrleansAgents.Messaging;
using OrleansAgents.Security;
using OrleansAgents.Tests.Redis;
using Xunit;

namespace OrleansAgents.Tests.Configuration;

public sealed class AccessReloadTests : IDisposable
{
    private readonly DirectoryInfo _directory = System.IO.Directory.CreateTempSubdirectory("agents-access-");
    private readonly Channel<string> _errors = Channel.CreateUnbounded<string>();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Silo_WhoseFileChanges_FollowsItsRulesAndKeepsThemWhereItIsFaulty()
    {
        Write("""{"From":"client/a","Send":"*","To":"*"}""");
        await using var app = await BuildAsync();
        using var errors = new Errors(_errors.Writer);
        app.Services.GetRequiredService<ILoggerFactory>().AddProvider(errors);
        var check = app.Services.GetServices<IGateCheck>().OfType<AccessCheck>().Single();
        Assert.Equal((true, false), (May(check, "client/a"), May(check, "client/b")));

        await ChangeAsync(app, () => Write("""{"From":"client/b","Send":"*","To":"*"}"""));
        Assert.Equal((false, true), (May(check, "client/a"), May(check, "client/b")));

        await ChangeAsync(app, () => Write("""{"From":"client/a","Sned":"*","To":"*"}"""));
        Assert.Equal((false, true), (May(check, "client/a"), May(check, "client/b")));
        Assert.Contains("Agents:Access:Rules:0:Sned is no setting", await FindErrorAsync("AccessOptions"), StringComparison.Ordinal);

        await File.WriteAllTextAsync(SettingsPath, "{\"Agents\":", Token);
        Assert.Contains("appsettings.json", await FindErrorAsync("cannot be read"), StringComparison.Ordinal);
        Assert.Equal((false, true), (May(check, "client/a"), May(check, "client/b")));

        await ChangeAsync(app, () => Write("""{"From":"client/a","Send":"*","To":"*"}"""));
        Assert.Equal((true, false), (May(check, "client/a"), May(check, "client/b")));
    }

    [Fact]
    public async Task Silo_WithAFaultyRule_DoesNotStart()
    {
        Write("""{"From":"client/a","Send":"*"}""");
        Assert.Contains("Agents:Access:Rules:0:To is missing", (await Assert.ThrowsAsync<SettingsException>(BuildAsync)).Message, StringComparison.Ordinal);
    }

    private string SettingsPath => Path.Combine(_directory.FullName, "appsettings.json");

    private static bool May(AccessCheck check, string sender) =>
        check.Check(Envelope.CreateJson(sender, "shop/1", "order.place", "{}"u8.ToArray()), isEvent: false) is null;

    private void Write(string rule) => File.WriteAllText(SettingsPath, "{\"Agents\":{\"Access\":{\"Rules\":[" + rule + "]}}}");

    private Task<WebApplication> BuildAsync() => SiloApplication.BuildAsync(
        ["--contentRoot", _directory.FullName, "--Agents:Profile=Memory", $"--Agents:SiloPort={Ports.Next()}", $"--Agents:GatewayPort={Ports.Next()}", $"--urls=http://127.0.0.1:{Ports.Next()}"]);

    /// <summary>Changes the file, and waits until whoever follows the rules has been told.</summary>
    private static async Task ChangeAsync(WebApplication app, Action change)
    {
        // Told after those that registered before it, such as the check.
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watch = app.Services.GetRequiredService<IOptionsMonitor<AccessOptions>>().OnChange(_ => told.TrySetResult());
        change();
        await told.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, Token);
    }

    private async Task<string> FindErrorAsync(string part)
    {
        await foreach (var error in _errors.Reader.ReadAllAsync(Token))
        {
            if (error.Contains(part, StringComparison.Ordinal))
            {
                return error;
            }
        }

        throw new InvalidOperationException("The log has ended.");
    }

    /// <summary>Hands on what is logged as an error.</summary>
    private sealed class Errors(ChannelWriter<string> errors) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose() => errors.TryComplete();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                errors.TryWrite(formatter(state, exception));
            }
        }
    }
}
