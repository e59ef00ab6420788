namespace Unreel.Serve.Admission;

/// <content>From stage to stage.</content>
internal sealed partial class AdmissionBook
{
    private void Go(AdmissionEntry entry, AdmissionStage stage, double now)
    {
        (entry.Stage, entry.Since) = (stage, now);
        Backlog backlog = entry.Backlog;
        switch (stage)
        {
            case AdmissionStage.Uploads:
                entry.Place = _uploading.AddLast(entry);
                backlog.Expect(entry.Decodes, 1);
                break;
            case AdmissionStage.AwaitsDecoder:
                backlog.AwaitingDecoder++;
                break;
            case AdmissionStage.Decodes:
                backlog.BeginDecode(now);
                entry.Begun++;
                break;
            case AdmissionStage.Streams:
                backlog.Streaming++;
                entry.Begun++;
                break;
            case AdmissionStage.Infers:
                backlog.BeginInfer(now, entry.Weight);
                entry.Begun++;
                break;
        }
    }

    private void Leave(AdmissionEntry entry, double now, bool learn)
    {
        Backlog backlog = entry.Backlog;
        switch (entry.Stage)
        {
            case AdmissionStage.Uploads:
                ForgetUpload(entry);
                _slow -= entry.IsSlow ? 1 : 0;
                entry.IsSlow = false;
                break;
            case AdmissionStage.AwaitsDecoder:
                backlog.AwaitingDecoder--;
                break;
            case AdmissionStage.Decodes:
                backlog.EndDecode(entry.Since);
                if (learn)
                    Decoded(entry, now - entry.Since);
                break;
            case AdmissionStage.Streams:
                backlog.Streaming--;
                break;
            case AdmissionStage.Infers:
                backlog.EndInfer(now, entry.Weight);
                break;
        }
    }

    private static void Decoded(AdmissionEntry entry, double seconds)
    {
        entry.Backlog.Estimate.Decoded(seconds);
        entry.Worked += seconds;
        entry.Done++;
    }

    private void ForgetUpload(AdmissionEntry entry)
    {
        if (entry.Place is not { } place)
            return;

        _uploading.Remove(place);
        entry.Place = null;
        entry.Backlog.Expect(entry.Decodes, -1);
    }
}
