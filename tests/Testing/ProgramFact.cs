using System.Diagnostics;
using Xunit;

namespace Unreel.Testing;

/// <summary>A fact judged by a program of the machine; skipped, saying so, where the program does not run.</summary>
public sealed class ProgramFactAttribute : FactAttribute
{
    /// <param name="program">The program, e.g. <c>/usr/bin/python3</c>.</param>
    /// <param name="probe">Arguments that make it exit with 0 where it can judge, e.g. <c>-c "import onnx"</c>.</param>
    public ProgramFactAttribute(string program, params string[] probe) => Skip = Judges.WhyNot(program, probe);
}

/// <summary>A theory judged by a program of the machine; skipped, saying so, where the program does not run.</summary>
public sealed class ProgramTheoryAttribute : TheoryAttribute
{
    /// <param name="program">The program, e.g. <c>/usr/bin/python3</c>.</param>
    /// <param name="probe">Arguments that make it exit with 0 where it can judge.</param>
    public ProgramTheoryAttribute(string program, params string[] probe) => Skip = Judges.WhyNot(program, probe);
}

/// <summary>Programs of the machine that know better than we do.</summary>
public static class Judges
{
    /// <summary>Says why a program cannot judge, or null where it can.</summary>
    public static string? WhyNot(string program, params string[] probe)
    {
        try
        {
            (int code, string output) = Run(program, probe);
            return code == 0 ? null : $"{program} {string.Join(' ', probe)} exits with {code}: {output.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return $"{program} does not start: {e.Message}";
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>The exit code, and what it wrote to both streams.</returns>
    public static (int Code, string Output) Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
