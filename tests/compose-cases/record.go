package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

// Usage: record CASE.txt … (absolute paths); writes behind `-- expected --` what compose-go makes of each case.
func main() {
	logrus.SetLevel(logrus.PanicLevel)
	for _, path := range os.Args[1:] {
		text, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		head := string(text)
		if at := strings.Index(head, "-- expected --\n"); at >= 0 {
			head = head[:at]
		}
		out := head + "-- expected --\n" + run(head)
		if err := os.WriteFile(path, []byte(out), 0o644); err != nil {
			panic(err)
		}
	}
}

func run(text string) string {
	root, _ := os.MkdirTemp("", "case")
	root, _ = filepath.EvalSymlinks(root)
	defer os.RemoveAll(root)
	work := filepath.Join(root, "p")
	os.MkdirAll(work, 0o755)
	var args []string
	var name string
	var body []string
	flush := func() {
		if name == "" {
			return
		}
		full := filepath.Join(work, name)
		os.MkdirAll(filepath.Dir(full), 0o755)
		os.WriteFile(full, []byte(strings.Join(body, "\n")+"\n"), 0o644)
		body = nil
	}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if strings.HasPrefix(line, "-- ") && strings.HasSuffix(line, " --") {
			flush()
			name = strings.TrimSuffix(strings.TrimPrefix(line, "-- "), " --")
			continue
		}
		if name == "" {
			if strings.HasPrefix(line, "$ ") {
				args = strings.Fields(line[2:])
			}
			continue
		}
		body = append(body, line)
	}
	flush()
	os.Chdir(work)
	var files, env, profiles []string
	for i := 2; i+1 < len(args); i++ {
		switch args[i] {
		case "-f":
			files = append(files, args[i+1])
			i++
		case "--env-file":
			env = append(env, args[i+1])
			i++
		case "--profile":
			profiles = append(profiles, args[i+1])
			i++
		}
	}
	o, err := cli.NewProjectOptions(files, cli.WithWorkingDirectory(""), cli.WithEnvFiles(env...), cli.WithDotEnv,
		cli.WithConfigFileEnv, cli.WithDefaultConfigPath, cli.WithEnvFiles(env...), cli.WithDotEnv, cli.WithDefaultProfiles(profiles...))
	if err != nil {
		return "error: " + clean(err.Error(), work) + "\n"
	}
	p, err := o.LoadProject(context.Background())
	if err != nil {
		return "error: " + clean(err.Error(), work) + "\n"
	}
	var names []string
	for n := range p.Services {
		names = append(names, n)
	}
	sort.Strings(names)
	var b strings.Builder
	for _, n := range names {
		s := p.Services[n]
		b.WriteString(n + "\n")
		say := func(key string, values ...string) {
			if len(values) > 0 && !(len(values) == 1 && values[0] == "") {
				b.WriteString("  " + key + ": " + strings.Join(values, " | ") + "\n")
			}
		}
		say("image", s.Image)
		if s.Build != nil {
			var a []string
			for k, v := range s.Build.Args {
				if v != nil {
					a = append(a, k+"="+*v)
				}
			}
			sort.Strings(a)
			say("build", clean(s.Build.Context, work))
			say("target", s.Build.Target)
			say("args", a...)
		}
		if s.Entrypoint != nil {
			b.WriteString("  entrypoint: " + strings.Join(s.Entrypoint, " | ") + "\n")
		}
		if s.Command != nil {
			b.WriteString("  command: " + strings.Join(s.Command, " | ") + "\n")
		}
		var e []string
		for k, v := range s.Environment {
			if v != nil {
				e = append(e, k+"="+strings.ReplaceAll(*v, "\n", "\\n"))
			}
		}
		sort.Strings(e)
		say("environment", e...)
		scale := 1
		if s.Scale != nil {
			scale = *s.Scale
		}
		if s.Deploy != nil && s.Deploy.Replicas != nil {
			scale = *s.Deploy.Replicas
		}
		if scale != 1 {
			say("replicas", strconv.Itoa(scale))
		}
		cpus, mem := float64(s.CPUS), int64(s.MemLimit)
		if s.Deploy != nil && s.Deploy.Resources.Limits != nil {
			if l := s.Deploy.Resources.Limits; l.NanoCPUs != 0 {
				cpus = float64(l.NanoCPUs)
			}
			if l := s.Deploy.Resources.Limits; l.MemoryBytes != 0 {
				mem = int64(l.MemoryBytes)
			}
		}
		if cpus > 0 {
			say("cpus", strconv.FormatFloat(cpus, 'g', 4, 32))
		}
		if mem > 0 {
			say("memory", strconv.FormatInt(mem, 10))
		}
		if s.ShmSize > 0 {
			say("shm_size", strconv.FormatInt(int64(s.ShmSize), 10))
		}
		say("container_name", s.ContainerName)
		if s.StopGracePeriod != nil {
			say("stop_grace", strconv.FormatFloat(float64(*s.StopGracePeriod)/1e9, 'g', -1, 64))
		}
		var ports []string
		for _, port := range s.Ports {
			ports = append(ports, fmt.Sprintf("%s:%d", port.Published, port.Target))
		}
		sort.Strings(ports)
		say("ports", ports...)
		expose := append([]string{}, s.Expose...)
		sort.Strings(expose)
		say("expose", expose...)
		var mounts []string
		for _, v := range s.Volumes {
			if v.Type == "bind" && strings.HasPrefix(v.Source, work) {
				mounts = append(mounts, clean(v.Source, work)+":"+v.Target)
			}
		}
		for _, c := range s.Configs {
			mounts = append(mounts, object(c.Source, c.Target, "/", types.FileObjectConfig(p.Configs[c.Source]), work)...)
		}
		for _, c := range s.Secrets {
			mounts = append(mounts, object(c.Source, c.Target, "/run/secrets/", types.FileObjectConfig(p.Secrets[c.Source]), work)...)
		}
		sort.Strings(mounts)
		say("mounts", mounts...)
		var d []string
		for k, v := range s.DependsOn {
			d = append(d, k+" "+v.Condition)
		}
		sort.Strings(d)
		say("depends_on", d...)
		restart := s.Restart
		if s.Deploy != nil && s.Deploy.RestartPolicy != nil {
			restart = s.Deploy.RestartPolicy.Condition
		}
		say("restart", restart)
		say("working_dir", s.WorkingDir)
		if s.Init != nil && *s.Init {
			say("init", "true")
		}
		if s.HealthCheck != nil && !s.HealthCheck.Disable && !(len(s.HealthCheck.Test) > 0 && s.HealthCheck.Test[0] == "NONE") {
			say("healthcheck", "yes")
		}
	}
	return b.String()
}

func object(source, target, folder string, o types.FileObjectConfig, work string) []string {
	if o.File == "" {
		return nil
	}
	if target == "" {
		target = source
	}
	if !strings.HasPrefix(target, "/") {
		target = folder + target
	}
	return []string{clean(o.File, work) + ":" + target}
}

func clean(text, work string) string {
	if text == work {
		return "."
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, work+"/", ""), "\n", " ")
}
