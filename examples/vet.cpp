/// vet FILE [--json]: what is in a file of counts, and what is wrong with it.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <tepui/io/survey.hpp>

using json = nlohmann::ordered_json;
namespace io = tepui::io;

namespace {
json as_json(const io::file_survey& s) {
  json out{{"file", s.path}, {"format", s.format}, {"ok", s.ok()}, {"n_cells", s.n_cells}, {"n_genes", s.n_genes}};
  out["nnz"] = s.matrices.empty() ? json() : json(s.matrices[0].nnz);
  out["scale"] = s.matrices.empty() ? json() : json(s.matrices[0].scale);
  out["raw_counts"] = s.raw_counts.empty() ? json() : json(s.raw_counts);
  for (const char* list : {"problems", "notes", "matrices", "layers", "obs", "obsm"}) out[list] = json::array();
  for (const auto& p : s.problems) out["problems"].push_back({{"where", p.where}, {"message", p.message}});
  for (const auto& n : s.notes) out["notes"].push_back({{"where", n.where}, {"message", n.message}});
  for (const auto& m : s.matrices) {
    const json one{{"name", m.name}, {"n_cells", m.n_cells}, {"n_genes", m.n_genes},
                   {"nnz", m.nnz},   {"scale", m.scale},     {"max", m.largest}};
    out["matrices"].push_back(one);
    if (m.name.starts_with("layers/")) out["layers"].push_back(one);
  }
  for (const auto& c : s.obs)
    out["obs"].push_back({{"name", c.name}, {"kind", c.kind}, {"n_levels", c.n_levels}, {"n_missing", c.n_missing}});
  for (const auto& e : s.obsm)
    out["obsm"].push_back({{"name", e.name}, {"kind", e.kind}, {"n_cells", e.n_cells}, {"n_columns", e.n_columns}});
  const json counted{{"median_counts", s.median_counts},
                     {"median_genes", s.median_genes},
                     {"empty_cells", s.empty_cells},
                     {"unseen_genes", s.unseen_genes},
                     {"duplicate_cells", s.duplicate_cells},
                     {"duplicate_genes", s.duplicate_genes},
                     {"genes_with_ensembl_id", s.genes_with_ensembl_id}};
  out.update(counted);
  return out;
}

void print(const json& s) {
  const auto text = [](const json& j) {
    return j.is_string() ? j.get<std::string>() : j.dump(-1, ' ', false, json::error_handler_t::replace);
  };
  for (const auto& [key, value] : s.items()) {
    if (!value.is_array()) std::printf("%-22s %s\n", key.c_str(), text(value).c_str());
    if (!value.is_array() || key == "layers") continue;  // layers stand among the matrices
    for (const auto& entry : value) {
      std::string line;
      for (const auto& [name, field] : entry.items()) {
        const bool bare = name == "name" || name == "message" || name == "where";
        line += (line.empty() ? "" : ", ") + (bare ? text(field) : name + " " + text(field));
      }
      std::printf("%-22s %s\n", key.c_str(), line.c_str());
    }
  }
}
}  // namespace

int main(int argc, char** argv) {
  CLI::App app("What is in a file of counts (.h5ad, 10x .h5, .mtx or its folder), and what is wrong. Exit: 0 good, 3 bad, 2 usage.");
  std::string file;
  bool document = false;
  io::read_options options;
  app.add_option("FILE", file, "the file or folder")->required();
  app.add_flag("--json", document, "print one JSON document");
  app.add_option("--genome", options.genome, "10x version 2: which genome");
  app.add_option("--max-memory", options.max_bytes, "bytes that reading may take")->check(CLI::PositiveNumber);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  const io::file_survey s = io::survey(file, options);
  if (document) std::printf("%s\n", as_json(s).dump(2, ' ', false, json::error_handler_t::replace).c_str());
  if (!document) print(as_json(s));
  return s.ok() ? 0 : 3;
}
