using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace OrleansAgents.Tests.Models;

/// <summary>The ways in which a request is answered.</summary>
internal static class ModelSteps
{
    public const int Input = 11, Output = 7;

    /// <summary>Says words, one at a time where it is streamed.</summary>
    public static ModelStep Say(params string[] words) => async (_, form) =>
    {
        if (!form.IsStreamed)
        {
            await form.WholeAsync(string.Concat(words), Input, Output);
            return;
        }

        await BeginAsync(form, words);
        await form.EndAsync("stop", Input, Output);
    };

    /// <summary>Calls a tool; the arguments need not be JSON.</summary>
    public static ModelStep Call(string tool, string arguments) => async (_, form) =>
    {
        await form.BeginAsync();
        await form.CallAsync("call-1", tool, arguments);
        await form.EndAsync("tool_calls", Input, Output);
    };

    /// <summary>Says words, and ends in good order without saying that it is the end.</summary>
    public static ModelStep Truncate(params string[] words) => (_, form) => BeginAsync(form, words);

    /// <summary>Answers with a status and a sentence.</summary>
    public static ModelStep Fail(int status, string message = "It failed.") => (_, form) =>
    {
        form.Context.Response.StatusCode = status;
        return form.Context.Response.WriteAsJsonAsync(new { error = new { message } });
    };

    /// <summary>Takes no more calls for so many seconds.</summary>
    public static ModelStep Limit(int seconds) => (_, form) =>
    {
        form.Context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        form.Context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return form.Context.Response.WriteAsync("");
    };

    /// <summary>Sends the caller elsewhere, which here is the same place.</summary>
    public static ModelStep Move() => (_, form) =>
    {
        form.Context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        form.Context.Response.Headers.Location = form.Context.Request.Path.Value;
        return Task.CompletedTask;
    };

    /// <summary>Says words, and then nothing more.</summary>
    public static ModelStep Stall(params string[] words) => async (server, form) =>
    {
        if (words.Length > 0)
        {
            await BeginAsync(form, words);
        }

        await server.StallAsync(form.Context.RequestAborted);
    };

    /// <summary>Says words, and cuts the connection when the test says so.</summary>
    public static ModelStep Cut(params string[] words) => async (server, form) =>
    {
        await BeginAsync(form, words);
        await server.WaitForCutAsync(form.Context.RequestAborted);
        form.Context.Abort();
    };

    private static async Task BeginAsync(ModelForm form, string[] words)
    {
        await form.BeginAsync();
        foreach (var word in words)
        {
            await form.SayAsync(word);
        }
    }
}
