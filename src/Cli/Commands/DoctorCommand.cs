using System.CommandLine;
using System.Text.Json.Nodes;
using Unreel.Cli.Hosting;
using Unreel.Cli.Output;
using Unreel.Pipelines;

namespace Unreel.Cli.Commands;

/// <summary><c>unreel doctor</c>: what is in use, what is missing, and how to get it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        Option<string?> store = StoreOptions.Store();
        Option<bool> json = StoreOptions.Json();
        Command command = new("doctor", "Shows runtime, libraries, devices and threads in use, and what is missing.") { store, json };
        command.SetAction(async (parsed, ct) =>
        {
            List<Finding> findings = [.. Diagnosis.OfMachine(), await Diagnosis.OfStoreAsync(StoreLocation.Resolve(parsed.GetValue(store)), ct)];
            if (parsed.GetValue(json))
                findings.ForEach(finding => JsonLine.Write(Describe(finding)));
            else
                Print(findings);

            return findings.Any(finding => finding.IsMissing && finding.IsNeeded) ? ExitCodes.Failed : ExitCodes.Done;
        });
        return command;
    }

    private static JsonObject Describe(Finding finding) => new()
    {
        ["part"] = finding.Part,
        ["state"] = finding.IsMissing ? "missing" : "ok",
        ["found"] = finding.Found,
        ["remedy"] = finding.Remedy,
    };

    private static void Print(List<Finding> findings)
    {
        int width = findings.Max(finding => finding.Part.Length);
        foreach (Finding finding in findings)
        {
            Console.WriteLine($"{(finding.IsMissing ? "missing" : "ok     ")}  {finding.Part.PadRight(width)}  {finding.Found}");
            if (finding.Remedy is not null)
                Console.WriteLine($"         {new string(' ', width)}  -> {finding.Remedy}");
        }
    }
}
