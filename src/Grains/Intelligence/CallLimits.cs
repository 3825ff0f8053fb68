namespace OrleansAgents.Intelligence;

/// <summary>The time limits of one call of a model, and what their passing is called.</summary>
internal sealed class CallLimits : IDisposable
{
    private readonly string _model;
    private readonly ModelOptions _options;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _whole;

    public CallLimits(string model, ModelOptions options, TimeProvider time, CancellationToken caller)
    {
        (_model, _options, Time, _caller) = (model, options, time, caller);
        _timer = new CancellationTokenSource(options.Timeout, time);
        _whole = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, caller);
    }

    public TimeProvider Time { get; }

    public ModelOptions Options => _options;

    /// <summary>Ends with the caller's own token or with the time of the call.</summary>
    public CancellationToken Whole => _whole.Token;

    public void Dispose()
    {
        _whole.Dispose();
        _timer.Dispose();
    }

    /// <summary>Runs a part of the call, and says what ended it.</summary>
    /// <param name="run">The part.</param>
    /// <param name="token">What it is given.</param>
    /// <param name="step">The timer of this step; null where it has none.</param>
    /// <param name="hasBegun">Whether part of the answer was received.</param>
    /// <exception cref="ModelException">A limit passed, or the part failed.</exception>
    public async ValueTask<T> RunAsync<T>(
        Func<CancellationToken, ValueTask<T>> run, CancellationToken token, CancellationTokenSource? step = null, bool hasBegun = false)
    {
        try
        {
            return await run(token);
        }
        catch (Exception) when (_caller.IsCancellationRequested)
        {
            _caller.ThrowIfCancellationRequested();
            throw;
        }
        catch (Exception e) when (_timer.IsCancellationRequested && e is not ModelException { Code: ModelCodes.TooSlow })
        {
            throw TooSlow($"did not answer within {_options.Timeout}", nameof(ModelOptions.Timeout), e, isTransient: false, hasBegun);
        }
        catch (Exception e) when (step?.IsCancellationRequested is true)
        {
            throw hasBegun
                ? TooSlow($"paused for more than {_options.TokenTimeout}", nameof(ModelOptions.TokenTimeout), e, isTransient: false, hasBegun)
                : TooSlow($"gave no first token within {_options.FirstTokenTimeout}", nameof(ModelOptions.FirstTokenTimeout), e, isTransient: true, hasBegun);
        }
        catch (ModelException e) when (hasBegun && !e.HasBegun)
        {
            throw new ModelException(e.Code, e.Message, e) { HasBegun = true };
        }
        // What a program did wrong is left as it is; all else is the model's, whatever its client calls it.
        catch (Exception e) when (e is not (ModelException or ArgumentException or NotSupportedException or OperationCanceledException))
        {
            throw new ModelException(ModelCodes.Broken, $"The answer of the model {_model} broke off or cannot be read ({e.GetType().Name}).", e)
            {
                IsTransient = !hasBegun && e.GetBaseException() is IOException or HttpRequestException,
                HasBegun = hasBegun,
            };
        }
    }

    private ModelException TooSlow(string what, string setting, Exception inner, bool isTransient, bool hasBegun) =>
        new(ModelCodes.TooSlow, $"The model {_model} {what} ({setting}).", inner) { IsTransient = isTransient, HasBegun = hasBegun };
}
