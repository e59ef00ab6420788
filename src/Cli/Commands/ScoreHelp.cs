using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Unreel.Cli.Commands;

/// <summary>Help that teaches what options alone do not say.</summary>
internal static class ScoreHelp
{
    private const string Text = """
        Examples:
          unreel score --model onnx/quickstart:latest --videos DIR --out scores.csv
          unreel score -m model.onnx --videos DIR --include 'cam1/**' --exclude '*.tmp.mp4' -o scores.jsonl
          unreel score -m onnx/quickstart:latest --videos clips/motions:latest --out scores/motions:latest
          unreel score -m onnx/quickstart:latest --videos DIR -o scores.csv --max-failures 100 --resume
          unreel score -m onnx/quickstart:latest --videos DIR -o scores.csv --shard 0/4     (…, 1/4, 2/4, 3/4)
          unreel score merge scores.csv --out scores.csv

        Patterns hold for names below the folder: * and ? stay within a folder, ** crosses folders, a pattern without a slash holds at any
        depth, one that ends in a slash means all below. '*.dat' takes such files although no video is called so.

        A list has a line for each video: path, path label, path,label, path TAB label, or "path" label for paths with blanks and a label.
        A CSV file whose first line has a column file (or path), and perhaps label (or truth), is one too.

        Rows: file, label, probability, label_2, probability_2, …, duration (s), frames, error; with true labels also truth and correct.
        Beside OUT come OUT.report.json (what the rows are of, accuracy), OUT.confusion.svg, and OUT.failed.csv, a list to try again with:
          unreel score -m MODEL --videos scores.csv.failed.csv --root DIR --out again.csv

        Stopped at any time, by kill -9 too, --resume goes on after the last whole row and ends with the bytes of an undisturbed run. Rows of
        another model, other columns or other videos are not taken up. Give --resume always, and a restarted job does the right thing.

        Shards: part I of N takes every N-th video in the order of names, so all parts must see the same videos. Outputs get .I-of-N in their
        names. With SLURM: --shard auto in an array job. With Kubernetes: --shard auto/N in an indexed job of N completions.
        merge puts the parts together again, with the bytes of an undivided run, and refuses parts of other models, videos or columns.

        Exit codes: 0 done; 1 failed; 2 wrong options or input; 4 more unreadable videos than --max-failures; 130 cancelled.
        """;

    /// <summary>A help option that adds the text to what is said of <paramref name="command"/>.</summary>
    public static HelpOption Option(string command)
    {
        HelpOption help = new();
        help.Action = new Action((SynchronousCommandLineAction)help.Action!, command);
        return help;
    }

    private sealed class Action(SynchronousCommandLineAction standard, string command) : SynchronousCommandLineAction
    {
        // Whoever asks for help need not have given what is required.
        public override bool ClearsParseErrors => true;

        public override int Invoke(System.CommandLine.ParseResult parseResult)
        {
            int code = standard.Invoke(parseResult);
            if (parseResult.CommandResult.Command.Name == command)
                Console.WriteLine(Text);

            return code;
        }
    }
}
