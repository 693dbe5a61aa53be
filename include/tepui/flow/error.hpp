#pragma once
/// What goes wrong with data from outside, said in one sentence.

#include <stdexcept>
#include <string>

namespace tepui {

/// Data that cannot be used. `what()` is one sentence: what is wrong, where, the value, and what to do.
class bad_data : public std::runtime_error {
 public:
  explicit bad_data(const std::string& sentence) : std::runtime_error(sentence) {}
};

/// A setting that cannot be used (a negative number of slots, an empty ladder). Same form of sentence.
class bad_option : public std::invalid_argument {
 public:
  explicit bad_option(const std::string& sentence) : std::invalid_argument(sentence) {}
};

}  // namespace tepui
