using OrleansAgents.Configuration;

namespace OrleansAgents.A2A;

/// <summary>Where this interface is, as its cards say.</summary>
internal sealed class CardAddress(A2AOptions options)
{
    /// <summary>What the settings say; else where the request came to, as its sender wrote it.</summary>
    public string Find(HttpContext context)
    {
        if (options.PublicUrl is { } url)
        {
            return url.AbsoluteUri.TrimEnd('/');
        }

        var request = context.Request;
        var path = request.Path.Value!;
        var root = path.LastIndexOf(A2ARoutes.Root, StringComparison.OrdinalIgnoreCase) is var own and >= 0 && (path.Length == own + A2ARoutes.Root.Length || path[own + A2ARoutes.Root.Length] == '/')
            ? path.IndexOf(A2ARoutes.Root, StringComparison.OrdinalIgnoreCase)
            : path.LastIndexOf(A2AProtocol.CardPath, StringComparison.OrdinalIgnoreCase);
        return $"{request.Scheme}://{request.Host.ToUriComponent()}{request.PathBase}{new PathString(path[..Math.Max(root, 0)])}";
    }
}
