// A stand-in for the google provider that knows its schema and nothing else, so that Terraform itself can check and plan
// and apply what stands here without Google Cloud: every type, reference and expression. It makes nothing.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A line of the schema file. An attribute is its type, with a ! where it must be given, a block is an object with one key,
// list or single, likewise.
type line struct {
	Provider   string                     `json:"provider"`
	Resource   string                     `json:"resource"`
	Data       string                     `json:"data"`
	Attributes map[string]json.RawMessage `json:"attributes"`
	Computed   map[string]string          `json:"computed"`
}

type server struct {
	tfprotov5.ProviderServer
	schema   *tfprotov5.GetProviderSchemaResponse
	computed map[string]map[string]string
}

func main() {
	s, err := read(os.Getenv("SCHEMA_FILE"))
	if err == nil {
		err = tf5server.Serve("registry.terraform.io/hashicorp/google", func() tfprotov5.ProviderServer { return s })
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(path string) (*server, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s := &server{computed: map[string]map[string]string{}, schema: &tfprotov5.GetProviderSchemaResponse{
		ResourceSchemas:   map[string]*tfprotov5.Schema{},
		DataSourceSchemas: map[string]*tfprotov5.Schema{},
	}}
	for _, written := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		var known line
		if err := json.Unmarshal([]byte(written), &known); err != nil {
			return nil, err
		}
		made := &tfprotov5.Schema{Block: block(known.Attributes, known.Computed)}
		switch {
		case known.Provider != "":
			s.schema.Provider = made
		case known.Resource != "":
			s.schema.ResourceSchemas[known.Resource] = made
			s.computed[known.Resource] = known.Computed
		case known.Data != "":
			s.schema.DataSourceSchemas[known.Data] = made
			s.computed["data."+known.Data] = known.Computed
		}
	}
	return s, nil
}

func block(attributes map[string]json.RawMessage, computed map[string]string) *tfprotov5.SchemaBlock {
	made := &tfprotov5.SchemaBlock{}
	for name, raw := range attributes {
		var word string
		if json.Unmarshal(raw, &word) == nil {
			required := strings.HasSuffix(word, "!")
			made.Attributes = append(made.Attributes, &tfprotov5.SchemaAttribute{
				Name: name, Type: typeOf(strings.TrimSuffix(word, "!")), Required: required, Optional: !required,
				Computed: name == "id" && computed != nil,
			})
			continue
		}
		var nested map[string]map[string]json.RawMessage
		if err := json.Unmarshal(raw, &nested); err != nil {
			panic(err)
		}
		for word, inner := range nested {
			inside := &tfprotov5.SchemaNestedBlock{TypeName: name, Block: block(inner, nil), Nesting: tfprotov5.SchemaNestedBlockNestingModeList}
			if strings.HasPrefix(word, "single") {
				inside.MaxItems = 1
			}
			if strings.HasSuffix(word, "!") {
				inside.MinItems = 1
			}
			made.BlockTypes = append(made.BlockTypes, inside)
		}
	}
	for name, word := range computed {
		made.Attributes = append(made.Attributes, &tfprotov5.SchemaAttribute{Name: name, Type: typeOf(word), Computed: true})
	}
	return made
}

func typeOf(word string) tftypes.Type {
	if strings.HasPrefix(word, "map(") {
		return tftypes.Map{ElementType: typeOf(word[4 : len(word)-1])}
	}
	if strings.HasSuffix(word, "[]") {
		return tftypes.List{ElementType: typeOf(strings.TrimSuffix(word, "[]"))}
	}
	switch word {
	case "number":
		return tftypes.Number
	case "boolean":
		return tftypes.Bool
	}
	return tftypes.String
}

// What only Google knows is made of the resource's own name, so that a plan shows who refers to whom; or it is unknown, as it
// is before the first apply.
func (s *server) fill(name string, dynamic *tfprotov5.DynamicValue, schema *tfprotov5.Schema, isKnown bool) (*tfprotov5.DynamicValue, error) {
	wanted := schema.ValueType()
	value, err := dynamic.Unmarshal(wanted)
	if err != nil || value.IsNull() {
		return dynamic, err
	}
	attributes := map[string]tftypes.Value{}
	if err := value.As(&attributes); err != nil {
		return nil, err
	}
	called := own(attributes)
	made := map[string]string{"id": name + "/" + called}
	for computed, word := range s.computed[name] {
		if word == "string" {
			made[computed] = invent(computed, name, called)
		}
	}
	for attribute, text := range made {
		if known, ok := attributes[attribute]; ok && (known.IsNull() || !known.IsKnown()) {
			attributes[attribute] = tftypes.NewValue(tftypes.String, text)
			if !isKnown {
				attributes[attribute] = tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
			}
		}
	}
	filled, err := tfprotov5.NewDynamicValue(wanted, tftypes.NewValue(wanted, attributes))
	return &filled, err
}

func own(attributes map[string]tftypes.Value) string {
	for _, key := range []string{"name", "account_id", "secret_id", "repository_id", "service", "project_id", "project"} {
		var text *string
		if value, ok := attributes[key]; ok && value.IsKnown() && value.As(&text) == nil && text != nil {
			return *text
		}
	}
	return "it"
}

func invent(attribute, name, called string) string {
	switch attribute {
	case "uri":
		return "https://" + called + ".example.run.app"
	case "email", "email_address":
		return called + "@example.iam.gserviceaccount.com"
	case "number":
		return "123456789012"
	}
	return name + "/" + called + "/" + attribute
}

func (s *server) GetMetadata(context.Context, *tfprotov5.GetMetadataRequest) (*tfprotov5.GetMetadataResponse, error) {
	answer := &tfprotov5.GetMetadataResponse{}
	for name := range s.schema.ResourceSchemas {
		answer.Resources = append(answer.Resources, tfprotov5.ResourceMetadata{TypeName: name})
	}
	for name := range s.schema.DataSourceSchemas {
		answer.DataSources = append(answer.DataSources, tfprotov5.DataSourceMetadata{TypeName: name})
	}
	return answer, nil
}

func (s *server) GetProviderSchema(context.Context, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	return s.schema, nil
}

func (s *server) PrepareProviderConfig(_ context.Context, r *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: r.Config}, nil
}

func (s *server) ConfigureProvider(context.Context, *tfprotov5.ConfigureProviderRequest) (*tfprotov5.ConfigureProviderResponse, error) {
	return &tfprotov5.ConfigureProviderResponse{}, nil
}

func (s *server) StopProvider(context.Context, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

func (s *server) ValidateResourceTypeConfig(context.Context, *tfprotov5.ValidateResourceTypeConfigRequest) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	return &tfprotov5.ValidateResourceTypeConfigResponse{}, nil
}

func (s *server) ValidateDataSourceConfig(context.Context, *tfprotov5.ValidateDataSourceConfigRequest) (*tfprotov5.ValidateDataSourceConfigResponse, error) {
	return &tfprotov5.ValidateDataSourceConfigResponse{}, nil
}

func (s *server) PlanResourceChange(_ context.Context, r *tfprotov5.PlanResourceChangeRequest) (*tfprotov5.PlanResourceChangeResponse, error) {
	planned, err := s.fill(r.TypeName, r.ProposedNewState, s.schema.ResourceSchemas[r.TypeName], os.Getenv("COMPUTED") != "unknown")
	return &tfprotov5.PlanResourceChangeResponse{PlannedState: planned}, err
}

func (s *server) ReadDataSource(_ context.Context, r *tfprotov5.ReadDataSourceRequest) (*tfprotov5.ReadDataSourceResponse, error) {
	state, err := s.fill("data."+r.TypeName, r.Config, s.schema.DataSourceSchemas[r.TypeName], true)
	return &tfprotov5.ReadDataSourceResponse{State: state}, err
}

func (s *server) ApplyResourceChange(_ context.Context, r *tfprotov5.ApplyResourceChangeRequest) (*tfprotov5.ApplyResourceChangeResponse, error) {
	state, err := s.fill(r.TypeName, r.PlannedState, s.schema.ResourceSchemas[r.TypeName], true)
	return &tfprotov5.ApplyResourceChangeResponse{NewState: state}, err
}

func (s *server) ReadResource(_ context.Context, r *tfprotov5.ReadResourceRequest) (*tfprotov5.ReadResourceResponse, error) {
	return &tfprotov5.ReadResourceResponse{NewState: r.CurrentState}, nil
}

func (s *server) UpgradeResourceState(_ context.Context, r *tfprotov5.UpgradeResourceStateRequest) (*tfprotov5.UpgradeResourceStateResponse, error) {
	wanted := s.schema.ResourceSchemas[r.TypeName].ValueType()
	value, err := r.RawState.Unmarshal(wanted)
	if err != nil {
		return nil, err
	}
	state, err := tfprotov5.NewDynamicValue(wanted, value)
	return &tfprotov5.UpgradeResourceStateResponse{UpgradedState: &state}, err
}
