@echo off
node "%~dp0claude" %*
