using System.Text;

namespace Unreel.Pipelines;

/// <summary>Writes the script that applies jobs wave after wave: plain Jobs know no order, and one that waited in a pod would hold a machine.</summary>
internal static class KubernetesScript
{
    private const string Start = """
        #!/bin/sh
        # Written by unreel render k8s. Applies the jobs, each after those it waits for, and waits for them; killed, it goes on when it is run again,
        # since a stage that is finished in the store is not run again. KUBECTL names another kubectl.
        set -eu
        cd "$(dirname "$0")"
        k="${KUBECTL:-kubectl}"
        jobs=

        state() {
          "$k" get job "$1" $ns -o 'jsonpath={range .status.conditions[?(@.status=="True")]}{.type}{" "}{end}'
        }

        start() { # JOB FILE
          # A job cannot be changed, and one that is over does not begin again.
          "$k" delete job "$1" $ns --ignore-not-found --wait=true
          "$k" create $ns -f "$2"
          jobs="$jobs $1"
        }

        stop() {
          for job in $jobs; do "$k" delete job "$job" $ns --ignore-not-found --wait=false; done
          exit 130
        }

        give_up() { # JOB
          for other in $jobs; do
            [ "$other" = "$1" ] || case " $(state "$other")" in
              *" Complete "* | *" Failed "*) ;;
              *) echo "$other goes on; to end it: $k delete job $other $ns" >&2 ;;
            esac
          done
          exit 1
        }

        finish() {
          for job in $jobs; do
            unseen=0
            while :; do
              # A server that is busy answers again; a job that somebody deleted never does.
              if seen=$(state "$job"); then unseen=0; else unseen=$((unseen + 1)); fi
              case " $seen" in
                *" Complete "*) break ;;
                *" Failed "*)
                  echo "$job failed" >&2
                  "$k" logs "job/$job" $ns --tail=50 >&2 || :
                  give_up "$job" ;;
              esac
              if [ "$unseen" -ge "${UNREEL_LOOKS:-24}" ]; then
                echo "$job cannot be looked at, $unseen times in a row; whether it goes on is not known" >&2
                give_up "$job"
              fi
              sleep "${UNREEL_POLL:-5}"
            done
            echo "$job is done"
          done
          jobs=
        }

        trap stop INT TERM

        """;

    /// <summary>The script.</summary>
    /// <param name="place">The namespace, or null.</param>
    /// <param name="order">The jobs with their files; those of a wave run side by side.</param>
    public static string Write(string? place, IReadOnlyList<(string Job, string File, int Wave)> order)
    {
        StringBuilder text = new(Start.ReplaceLineEndings("\n"));
        text.Append(place is null ? "ns=\n" : $"ns=--namespace={ShellText.Quote(place)}\n");
        text.Append("\"$k\" apply $ns -f 00-pipeline.yaml\n");
        foreach (IGrouping<int, (string Job, string File, int Wave)> wave in order.GroupBy(entry => entry.Wave).OrderBy(group => group.Key))
        {
            foreach ((string job, string file, _) in wave)
                text.Append("start ").Append(ShellText.Join([job, file])).Append('\n');
            text.Append("finish\n");
        }

        return text.ToString();
    }
}
