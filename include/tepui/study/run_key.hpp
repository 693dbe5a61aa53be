#pragma once
/// Names a run by everything that determines its result, so that a finished run is known again and another one is never taken
/// for it.

#include <string>
#include <string_view>

#include <tepui/kernel/rng.hpp>
#include <tepui/study/experiment.hpp>
#include <tepui/study/words.hpp>
#include <tepui/version.hpp>

namespace tepui::study {

/// What all runs of a study share. Two studies with the same identity may share a store.
struct study_identity {
  std::string corpus;  ///< which cells: the simulator's settings and seed, or a file's content hash, with the split
  std::string heads;   ///< what is put on the embedding, and how: "knn(5), logistic regression(l2 = 1)"
  std::string code_version = version_text;  ///< change it when the code gives other numbers
};

/// invariants  `hash` is a function of `canonical`; equal canonical texts mean equal results
struct run_key {
  std::string
      canonical;     ///< everything that determines the result, in one text; stored and compared, so that a hash may collide
  std::string hash;  ///< 128 bits, 32 hexadecimal digits
  std::string tokenizer, encoder, sampler;
  run_request request;

  [[nodiscard]] std::string label() const {
    return pipeline_label(tokenizer, encoder, sampler) + ", " + fraction_text(request.fraction) + ", seed " +
           std::to_string(request.seed);
  }
};

/// in     an experiment, a step of the ladder, and what the study's runs share
/// out    the key; every field stands with its length, so that no two different runs share a canonical text
[[nodiscard]] inline run_key key_of(const experiment& of, const run_request& request, const study_identity& what) {
  run_key key{.canonical = "tepui run, layout 1\n",
              .hash = {},
              .tokenizer = of.tokenizer,
              .encoder = of.encoder,
              .sampler = of.sampler,
              .request = request};
  const auto field = [&](std::string_view name, std::string_view value) {
    key.canonical.append(name).append(" ").append(std::to_string(value.size())).append(":").append(value).append("\n");
  };
  field("code", what.code_version);
  field("corpus", what.corpus);
  field("tokenizer", of.tokenizer);
  field("encoder", of.encoder);
  field("settings", of.settings);
  field("heads", what.heads);
  field("fraction", shortest(request.fraction));
  field("seed", std::to_string(request.seed));
  const std::uint64_t first = kernel::hash_text(key.canonical);
  key.hash = hex_text(first) + hex_text(kernel::mix64(kernel::hash_text(key.canonical, first ^ 0x9E3779B97F4A7C15ULL)));
  return key;
}

}  // namespace tepui::study
