using Unreel.Serve.Http;
using Unreel.Serve.Models;

namespace Unreel.Serve.Classify;

/// <summary>Finds the model that a route names.</summary>
internal static class RequestModels
{
    /// <summary>The part of a route that names a model: <c>name</c>, <c>name:tag</c> or <c>name@sha256:…</c>.</summary>
    public const string Route = "model";

    /// <summary>Finds it; the default model where the route names none.</summary>
    /// <exception cref="RequestException">There is no such model (404); the message names those there are.</exception>
    public static ModelHost Find(ModelRegistry models, string? name, string? version = null)
    {
        if (name is null)
            return models.Default;

        return models.Find(name, version)
            ?? throw new RequestException(StatusCodes.Status404NotFound, $"There is no model '{name}'{(version is null ? "" : $" of version '{version}'")}; there {(models.Hosts.Count == 1 ? "is" : "are")} {string.Join(", ", models.Hosts.Select(Name))}.");
    }

    /// <summary>What a caller writes to mean this model and no other.</summary>
    public static string Name(ModelHost host) => $"{host.Choice.Name}:{host.Choice.Version}";

    /// <summary>The answer while a model is not in service.</summary>
    public static IResult Loading(HttpContext context) =>
        Problems.Busy(context, StatusCodes.Status503ServiceUnavailable, TimeSpan.FromSeconds(2), "The model is still being loaded.");
}
