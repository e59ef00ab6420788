namespace Unreel.Artifacts.Tests;

/// <summary>The test assembly as a program of its own: it churns a store until it is killed.</summary>
public static class ChurnProgram
{
    /// <summary>Arguments: the store, the seed, the grace in seconds, and what to do.</summary>
    public static async Task<int> Main(string[] args)
    {
        if (args is not [var uri, var seed, var grace, var what])
            return 2;

        Churn churn = new(Churn.Open(uri), int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromSeconds(double.Parse(grace, System.Globalization.CultureInfo.InvariantCulture)));
        await Console.Out.WriteLineAsync("ready");
        await churn.ForeverAsync(what);
        return 0;
    }
}
