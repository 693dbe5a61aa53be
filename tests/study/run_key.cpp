#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <set>
#include <string>

#include <tepui/study/run_key.hpp>

namespace test_study_run_key {
namespace {
using namespace tepui::study;

run_key key(const std::string& tokenizer, const std::string& encoder, const std::string& settings,
            const run_request& request = {}, const study_identity& what = {.corpus = "c", .heads = "h"}) {
  return key_of({tokenizer, encoder, settings, nullptr}, request, what);
}

TEST_CASE("everything that determines a result changes the key") {
  std::set<std::string> hashes, texts;
  const auto add = [&](const run_key& k) { hashes.insert(k.hash), texts.insert(k.canonical); };
  add(key("rank", "mean", "s"));
  add(key("binned", "mean", "s"));
  add(key("rank", "PCA", "s"));
  add(key("rank", "mean", "s2"));
  add(key("rank", "mean", "s", {.fraction = 0.5}));
  add(key("rank", "mean", "s", {.fraction = 0.0}));
  add(key("rank", "mean", "s", {.seed = 1}));
  add(key("rank", "mean", "s", {}, {.corpus = "other", .heads = "h"}));
  add(key("rank", "mean", "s", {}, {.corpus = "c", .heads = "other"}));
  add(key("rank", "mean", "s", {}, {.corpus = "c", .heads = "h", .code_version = "9"}));
  CHECK(hashes.size() == 10);
  CHECK(texts.size() == 10);
}

TEST_CASE("text cannot move from one field to the next unseen") {
  CHECK(rc::check([](const std::string& a, const std::string& b, const std::string& c, const std::string& d) {
    RC_ASSERT((key(a, b, "").canonical == key(c, d, "").canonical) == (a == c && b == d));
  }));
  CHECK(key("a\nencoder 1:b", "c", "").canonical != key("a", "b\nencoder 1:c", "").canonical);
}

TEST_CASE("a key is the same at every call and has 128 bits") {
  CHECK(key("rank", "mean", "s").hash == key("rank", "mean", "s").hash);
  CHECK(key("rank", "mean", "s").hash.size() == 32);
  CHECK(key("rank", "mean", "s").hash.substr(0, 16) != key("rank", "mean", "s").hash.substr(16));
}

TEST_CASE("a run is named as a person would name it") {
  CHECK(key("rank", "mean", "s", {.fraction = 0.1, .seed = 1001}).label() == "rank + mean, 10 %, seed 1001");
  CHECK(key("none", "PCA", "s", {.fraction = 0, .seed = 3}).label() == "PCA, untrained, seed 3");
}

}  // namespace
}  // namespace test_study_run_key
