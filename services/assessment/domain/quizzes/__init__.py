"""Quizzes: questions, papers, attempts, grades and statistics, as pure functions."""
