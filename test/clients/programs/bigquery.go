// Uses Google's Go client on the fake as programs do, and prints what it saw as one JSON object.
package main

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/iterator"
	"google.golang.org/api/option"
)

type seen struct {
	Rows           [][]bigquery.Value `json:"rows"`
	DryRunBytes    int64              `json:"dryRunBytes"`
	TableRows      uint64             `json:"tableRows"`
	CopiedRows     int                `json:"copiedRows"`
	Jobs           int                `json:"jobs"`
	Refusal        string             `json:"refusal"`
	RefusalSeconds float64            `json:"refusalSeconds"`
	Missing        string             `json:"missing"`
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func read(it *bigquery.RowIterator) (rows [][]bigquery.Value) {
	for {
		var row []bigquery.Value
		err := it.Next(&row)
		if err == iterator.Done {
			return rows
		}
		must(err)
		rows = append(rows, row)
	}
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	endpoint := option.WithEndpoint(os.Args[1] + "/bigquery/v2/")
	client, err := bigquery.NewClient(ctx, "go", endpoint, option.WithoutAuthentication())
	must(err)
	var saw seen
	finish := func(job *bigquery.Job, err error) {
		must(err)
		status, err := job.Wait(ctx)
		must(err)
		must(status.Err())
	}

	query := client.Query("SELECT 1")
	rows, err := query.Read(ctx)
	must(err)
	saw.Rows = read(rows)

	query.DryRun = true
	job, err := query.Run(ctx)
	must(err)
	saw.DryRunBytes = job.LastStatus().Statistics.TotalBytesProcessed
	query.DryRun = false

	stays := client.Dataset("stays")
	query.Dst = stays.Table("booked")
	finish(query.Run(ctx))
	metadata, err := stays.Table("booked").Metadata(ctx)
	must(err)
	saw.TableRows = metadata.NumRows
	finish(stays.Table("copied").CopierFrom(stays.Table("booked")).Run(ctx))
	saw.CopiedRows = len(read(stays.Table("copied").Read(ctx)))

	jobs := client.Jobs(ctx)
	for _, err = jobs.Next(); err == nil; _, err = jobs.Next() {
		saw.Jobs++
	}
	if err != iterator.Done {
		panic(err)
	}

	started := time.Now()
	saw.Refusal = stays.Create(ctx, nil).Error()
	saw.RefusalSeconds = time.Since(started).Seconds()
	_, err = client.Dataset("nosuch").Metadata(ctx)
	saw.Missing = err.Error()
	must(json.NewEncoder(os.Stdout).Encode(saw))
}
